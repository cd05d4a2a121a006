//! The handshake: a request that becomes a WebSocket.

use std::fmt;
use std::time::Duration;

use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, header};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::connection::Shutdown;
#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::{FromContext, Rejection, Severity};
use crate::failure::{Problem, Result};
use crate::future::BoxFuture;
use crate::request::{Context, only};
use crate::response::Response;
use crate::server::{UpgradeRequest, upgrade_required};
use crate::websocket::Socket;
use crate::websocket::origin::Origins;
use crate::websocket::task::{Settings, run};

const PROTOCOL: &str = "websocket";

/// A request for a WebSocket, as an argument of a `GET` handler.
///
/// [`on_upgrade`](WebSocket::on_upgrade) accepts it. A request that is not one for a WebSocket is 426, so that an
/// `Option<WebSocket>` is `None` for it. A malformed one is 400, and one for another version is 426 with `Sec-WebSocket-Version`.
/// One of a page of another origin is 403, before the handler runs, unless
/// [`Group::websocket_origins`](crate::Group::websocket_origins) lists the origin.
///
/// The same handler serves HTTP/1.1 and HTTP/2 (RFC 8441).
///
/// ```
/// use gin::{prelude::*, testing::Client, websocket::WebSocket};
///
/// #[get("/shout")]
/// async fn shout(ws: WebSocket) -> Response {
///     ws.on_upgrade(async |mut socket| {
///         while let Some(message) = socket.recv().await {
///             if let Some(text) = message.as_text() {
///                 socket.send(text.to_uppercase()).await?;
///             }
///         }
///         Ok(())
///     })
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").mount(routes![shout]));
/// let mut socket = client.websocket("/shout").await.unwrap();
/// socket.send("hello").await;
/// assert_eq!(socket.recv().await.unwrap().as_text(), Some("HELLO"));
/// client.get("/shout").await.is(426).has_header("upgrade", "websocket");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "`on_upgrade` accepts the request"]
pub struct WebSocket {
    request: UpgradeRequest,
    /// The value of `Sec-WebSocket-Accept`. HTTP/2 has none.
    accept: Option<HeaderValue>,
    /// The subprotocols that the client offers.
    offered: Vec<String>,
    protocol: Option<(String, HeaderValue)>,
    settings: Settings,
    shutdown: Shutdown,
    /// The path, for the log.
    path: String,
}

impl FromContext for WebSocket {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<WebSocket, Rejection> {
        WebSocket::of(cx)
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.response(101);
        operation.problems(&[400, 403, 426]);
    }
}

impl WebSocket {
    fn of(cx: &mut Context) -> Result<WebSocket, Rejection> {
        let Some(request) = UpgradeRequest::take(cx, PROTOCOL) else {
            return Err(Rejection::new(Severity::Absent, upgrade_required(PROTOCOL)));
        };
        let invalid = |problem| Rejection::new(Severity::Invalid, problem);
        check_origin(cx).map_err(invalid)?;
        let accept = accept(cx.head(), &request).map_err(invalid)?;
        Ok(WebSocket {
            request,
            accept,
            offered: offered(cx.headers()),
            protocol: None,
            settings: Settings::default(),
            shutdown: cx.shutdown(),
            path: cx.raw_path().to_owned(),
        })
    }

    /// Accepts the request. `serve` gets the socket once the response, 101, has been sent.
    ///
    /// The connection is closed when `serve` has dropped the socket: with code 1000, or with 1011 if it panics or returns an error,
    /// which is logged. When the server shuts down, the connection is closed with 1001. `serve` may then run on until
    /// [`Server::shutdown_timeout`](crate::Server::shutdown_timeout) has passed.
    ///
    #[must_use = "return the response: only what a handler returns is sent"]
    pub fn on_upgrade<F, Fut>(self, serve: F) -> Response
    where
        F: FnOnce(Socket) -> Fut + Send + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.accept(Box::new(|socket| Box::pin(serve(socket))))
    }

    fn accept(self, serve: Serve) -> Response {
        let (protocol, chosen) = self.protocol.unzip();
        let (settings, shutdown, path) = (self.settings, self.shutdown, self.path);
        let mut response = self.request.accept(move |upgraded| {
            let (socket, ends) = Socket::new(protocol);
            // In a block, so that all code of the app runs where its panics are caught.
            let function = Box::pin(async move { serve(socket).await });
            Box::pin(run(upgraded, ends, settings, shutdown, path, function))
        });
        let headers = response.headers_mut();
        headers.extend(self.accept.map(|key| (header::SEC_WEBSOCKET_ACCEPT, key)));
        headers.extend(chosen.map(|chosen| (header::SEC_WEBSOCKET_PROTOCOL, chosen)));
        response
    }

    /// Chooses the first of the app's subprotocols that the client offers (RFC 6455 §1.9). Default: none.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client, websocket::WebSocket};
    /// async fn chat(ws: WebSocket) -> Response {
    ///     ws.protocols(["chat.v2", "chat.v1"]).on_upgrade(async |mut socket| {
    ///         let version = socket.protocol().unwrap_or("none").to_owned();
    ///         socket.send(version).await?;
    ///         Ok(())
    ///     })
    /// }
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").get("/chat", chat));
    /// let request = client.get("/chat").header("sec-websocket-protocol", "chat.v1, chat.v2");
    /// let mut socket = request.websocket().await.unwrap();
    /// assert_eq!(socket.protocol(), Some("chat.v2"));
    /// assert_eq!(socket.recv().await.unwrap().as_text(), Some("chat.v2"));
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn protocols<I>(mut self, protocols: I) -> WebSocket
    where
        I: IntoIterator<Item: Into<String>>,
    {
        let mut protocols = protocols.into_iter().map(Into::into);
        self.protocol = protocols.find_map(|protocol| self.offer(protocol));
        self
    }

    fn offer(&self, protocol: String) -> Option<(String, HeaderValue)> {
        if !self.offered.contains(&protocol) {
            return None;
        }
        let value = HeaderValue::try_from(&protocol).ok()?;
        Some((protocol, value))
    }

    /// Returns the subprotocol that [`protocols`](WebSocket::protocols) chose.
    pub fn protocol(&self) -> Option<&str> {
        self.protocol
            .as_ref()
            .map(|(protocol, _)| protocol.as_str())
    }

    /// Sets the maximum size of a message that the client sends, in bytes. A larger one closes the connection with code 1009.
    /// Default: 1 MiB.
    pub fn max_message_size(mut self, bytes: usize) -> WebSocket {
        self.settings.max_message_size = bytes;
        self
    }

    /// Sets the maximum size of a frame, of which a message has one or more, in bytes. Default: the maximum size of a message.
    pub fn max_frame_size(mut self, bytes: usize) -> WebSocket {
        self.settings.max_frame_size = Some(bytes);
        self
    }

    /// Sets how long the client may send nothing until it gets a ping. If it then sends nothing for as long again, the connection is
    /// dropped. Default: 20 s, and never less than 1 s, as no client could respond to pings without pause.
    pub fn keep_alive(mut self, interval: Duration) -> WebSocket {
        self.settings.keep_alive = Some(interval.max(Duration::from_secs(1)));
        self
    }

    /// Turns pings off: a client that vanishes without closing its connection is noticed only when it is sent something.
    pub fn without_keep_alive(mut self) -> WebSocket {
        self.settings.keep_alive = None;
        self
    }
}

/// Checks the origin of the page before the handler runs, as a handler may act on a request that it then does not accept.
fn check_origin(cx: &Context) -> Result<(), Problem> {
    let mut origins = cx.headers().get_all(header::ORIGIN).iter();
    let origin = origins.next().map(HeaderValue::as_bytes);
    if origins.next().is_some() {
        return Err(Problem::new(400).detail("a request has one Origin"));
    }
    let allowed = cx.state::<Origins>();
    let allowed = allowed.unwrap_or(&Origins::SameHost);
    allowed.check(origin, cx.host())
}

/// The function of the app.
type Serve = Box<dyn FnOnce(Socket) -> BoxFuture<'static, Result<()>> + Send>;

/// Checks the handshake (RFC 6455 §4.2.1), and returns the value of `Sec-WebSocket-Accept` for HTTP/1.1.
fn accept(head: &Parts, request: &UpgradeRequest) -> Result<Option<HeaderValue>, Problem> {
    const VERSION: HeaderValue = HeaderValue::from_static("13");
    if head.method != Method::GET {
        let get = HeaderValue::from_static("GET");
        return Err(Problem::new(405).header(header::ALLOW, get));
    }
    if only(&head.headers, header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        return Err(upgrade_required(PROTOCOL).header(header::SEC_WEBSOCKET_VERSION, VERSION));
    }
    if !request.is_http1() {
        return Ok(None);
    }
    let key = only(&head.headers, header::SEC_WEBSOCKET_KEY);
    let key = key.map(HeaderValue::as_bytes);
    let key = key.filter(|key| is_key(key)).ok_or_else(|| {
        Problem::new(400).detail("the Sec-WebSocket-Key must be 16 bytes in base64")
    })?;
    let accept = HeaderValue::try_from(derive_accept_key(key));
    Ok(Some(accept.expect("base64 is valid in a header")))
}

/// Returns `true` for the base64 of 16 bytes: 21 characters, one for the last two bits, and the padding.
fn is_key(key: &[u8]) -> bool {
    let Some((body, [last, b'=', b'='])) = key.split_last_chunk() else {
        return false;
    };
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    body.len() == 21 && body.iter().all(is_base64) && is_base64(last)
}

/// Returns the subprotocols that the client offers.
fn offered(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|protocol| protocol.trim().to_owned())
        .collect()
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket")
            .field("path", &self.path)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::is_key;

    #[test]
    fn a_key_is_sixteen_bytes() {
        for (key, is_sound) in [
            ("dGhlIHNhbXBsZSBub25jZQ==", true),
            ("AAAAAAAAAAAAAAAAAAAAAA==", true),
            ("dGhlIHNhbXBsZSBub25jZQ", false),
            ("dGhlIHNhbXBsZSBub25jZQ=", false),
            ("dGhlIHNhbXBsZSBub25j====", false),
            ("dGhlIHNhbXBsZSBub25jZ===", false),
            ("dGhlIHNhbXBsZSBub25", false),
            ("dGhlIHNhbXBsZSBub25jZQAA==", false),
            ("dGhlIHNhbXBsZSBub25j!Q==", false),
            ("", false),
        ] {
            assert_eq!(is_key(key.as_bytes()), is_sound, "{key}");
        }
    }
}
