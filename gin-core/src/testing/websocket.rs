//! The client's end of a WebSocket.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use futures_core::Stream;
use futures_sink::Sink;
use http::{HeaderMap, HeaderValue, Method, Version, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::DuplexStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::connection::Connection;
use crate::server::MemorySocket;
use crate::testing::client::Client;
use crate::testing::request::TestRequest;
use crate::testing::response::TestResponse;
use crate::websocket::{CloseCode, CloseFrame, Message, Text};

/// The bytes that may be on their way in each direction, as in a socket.
const BUFFER: usize = 64 << 10;

/// The client's end of a WebSocket, from [`Client::websocket`].
///
/// The connection is in memory; everything above it is as over a socket. Dropping this breaks the connection off.
///
/// ```
/// # use gin::{prelude::*, testing::Client, websocket::WebSocket};
/// # #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
/// # struct Point { x: i32 }
/// # async fn double(ws: WebSocket) -> Response {
/// #     ws.on_upgrade(async |mut socket| {
/// #         while let Some(point) = socket.recv_json::<Point>().await? {
/// #             socket.send_json(&Point { x: 2 * point.x }).await?;
/// #         }
/// #         Ok(())
/// #     })
/// # }
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/double", double));
/// let mut socket = client.websocket("/double").await.unwrap();
/// socket.send_json(&Point { x: 7 }).await;
/// assert_eq!(socket.recv_json::<Point>().await, Some(Point { x: 14 }));
/// let closed = socket.close(1000, "done").await.expect("the server confirms it");
/// assert_eq!(closed.code.as_u16(), 1000);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "websocket")))]
pub struct TestSocket {
    stream: WebSocketStream<DuplexStream>,
    headers: HeaderMap,
    close_frame: Option<CloseFrame>,
    served: Vec<JoinHandle<()>>,
}

impl Client {
    /// Connects a WebSocket to the `GET` route of `target`. [`TestRequest::websocket`] does so with headers.
    ///
    /// # Errors
    ///
    /// The response, if it is another one than 101.
    ///
    /// # Panics
    ///
    /// Panics if `target` is invalid.
    #[cfg_attr(docsrs, doc(cfg(feature = "websocket")))]
    pub async fn websocket(&self, target: &str) -> Result<TestSocket, TestResponse> {
        self.get(target).websocket().await
    }
}

impl TestRequest<'_> {
    /// Sends the request as the handshake of a WebSocket.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client, websocket::WebSocket};
    /// let chat = async |ws: WebSocket| ws.protocols(["chat"]).on_upgrade(async |_| Ok(()));
    /// let client = Client::new(Group::new("").get("/chat", chat));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let request = client.get("/chat").header("sec-websocket-protocol", "chat");
    /// assert_eq!(request.websocket().await.unwrap().protocol(), Some("chat"));
    ///
    /// let request = client.get("/chat").header("origin", "https://other.example");
    /// request.websocket().await.unwrap_err().is(403);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The response, if it is another one than 101.
    #[cfg_attr(docsrs, doc(cfg(feature = "websocket")))]
    pub async fn websocket(mut self) -> Result<TestSocket, TestResponse> {
        let request_line = self.request_line();
        let (client, server) = tokio::io::duplex(BUFFER);
        let head = self.head_mut();
        head.extensions_mut().insert(MemorySocket::new(server));
        for (name, value) in [
            (header::CONNECTION, "upgrade"),
            (header::UPGRADE, "websocket"),
            (header::SEC_WEBSOCKET_VERSION, "13"),
            (header::SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ=="),
        ] {
            let headers = head.headers_mut();
            headers
                .entry(name)
                .or_insert(HeaderValue::from_static(value));
        }
        debug_assert_eq!(
            (head.method(), head.version()),
            (&Method::GET, Version::HTTP_11)
        );
        let connection = Arc::new(Connection::in_test(None));
        let response = self.send_on_connection(connection.clone()).await;
        if response.status() != 101 {
            return Err(TestResponse::read(request_line, response).await);
        }
        let upgrade = connection.take_upgrade();
        Ok(TestSocket {
            stream: WebSocketStream::from_raw_socket(client, Role::Client, None).await,
            headers: response.into_parts().0.headers,
            close_frame: None,
            served: upgrade.map(tokio::spawn).into_iter().collect(),
        })
    }
}

impl TestSocket {
    /// Returns the headers of the handshake's response.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the subprotocol that the server chose.
    pub fn protocol(&self) -> Option<&str> {
        self.headers
            .get(header::SEC_WEBSOCKET_PROTOCOL)?
            .to_str()
            .ok()
    }

    /// Sends a message: text, bytes or a [`Message`].
    ///
    /// # Panics
    ///
    /// Panics if the connection is closed.
    pub async fn send(&mut self, message: impl Into<Message>) {
        let sent = self.send_frame(message.into().into()).await;
        sent.unwrap_or_else(|error| panic!("the message cannot be sent: {error}"));
    }

    /// Sends a value as a text message of JSON.
    ///
    /// # Panics
    ///
    /// Panics if the connection is closed or the value cannot be serialized.
    pub async fn send_json(&mut self, value: &impl Serialize) {
        self.send(Message::json(value).expect("the value has JSON"))
            .await;
    }

    async fn send_frame(&mut self, frame: Frame) -> tokio_tungstenite::tungstenite::Result<()> {
        poll_fn(|task| Pin::new(&mut self.stream).poll_ready(task)).await?;
        Pin::new(&mut self.stream).start_send(frame)?;
        poll_fn(|task| Pin::new(&mut self.stream).poll_flush(task)).await
    }

    /// Waits for the next message. Returns `None` when the server has closed the connection, or broken it off.
    pub async fn recv(&mut self) -> Option<Message> {
        loop {
            let frame = poll_fn(|task| Pin::new(&mut self.stream).poll_next(task)).await;
            match frame {
                Some(Ok(Frame::Text(text))) => return Some(Message::Text(Text(text))),
                Some(Ok(Frame::Binary(bytes))) => return Some(Message::Binary(bytes)),
                Some(Ok(Frame::Close(frame))) => self.close_frame = Some(frame.into()),
                Some(Ok(Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_))) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// Waits for the next message and returns the value of its JSON. Returns `None` when the connection is closed.
    ///
    /// # Panics
    ///
    /// Panics if the message is not JSON, or not of this type.
    pub async fn recv_json<T: DeserializeOwned>(&mut self) -> Option<T> {
        let message = self.recv().await?;
        match message.to() {
            Ok(value) => Some(value),
            Err(error) => panic!("{error}, got {message:?}"),
        }
    }

    /// Closes the connection with a code and a text, and waits until the server's function has returned. Returns the server's closing
    /// frame. Messages that still come are dropped.
    pub async fn close(
        mut self,
        code: impl Into<CloseCode>,
        reason: impl Into<String>,
    ) -> Option<CloseFrame> {
        let frame = CloseFrame::new(code, reason).into_frame();
        // It fails if the server has closed the connection already.
        let _ = self.send_frame(Frame::Close(Some(frame))).await;
        while self.recv().await.is_some() {}
        let TestSocket {
            stream,
            served,
            close_frame,
            ..
        } = self;
        drop(stream);
        for served in served {
            // Panics of the function are caught and logged.
            let _ = served.await;
        }
        close_frame
    }

    /// Returns the frame by which the server has closed the connection. It is known once [`recv`](TestSocket::recv) has returned
    /// `None`.
    pub fn close_frame(&self) -> Option<&CloseFrame> {
        self.close_frame.as_ref()
    }
}

impl fmt::Debug for TestSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestSocket")
            .field("headers", &self.headers)
            .field("close_frame", &self.close_frame)
            .finish_non_exhaustive()
    }
}
