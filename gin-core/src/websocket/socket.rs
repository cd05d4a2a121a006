//! The app's end of a WebSocket.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context as Task, Poll, ready};

use futures_core::Stream;
use futures_sink::Sink;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::sync::PollSender;

use crate::websocket::close::CLOSE_TIMEOUT;
use crate::websocket::{CloseCode, CloseFrame, Message, SocketError};

/// The messages that may wait until the connection sends them. More wait in [`Socket::send`].
const OUTBOX: usize = 4;

/// A command to the connection.
#[derive(Debug)]
pub(super) enum Command {
    Send(Message),
    /// Closes the connection. The sender is dropped when that is done.
    Close(CloseFrame, oneshot::Sender<()>),
}

/// The facts about a connection that its socket can read.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The subprotocol.
    pub(super) protocol: Option<String>,
    /// The frame by which the client closed the connection, or confirmed that it is closed.
    pub(super) close_frame: OnceLock<CloseFrame>,
}

/// The connection's ends of the channels to a socket.
#[derive(Debug)]
pub(super) struct Ends {
    pub(super) inbox: PollSender<Message>,
    pub(super) outbox: mpsc::Receiver<Command>,
    pub(super) facts: Arc<Facts>,
}

/// A WebSocket to one client, from [`WebSocket::on_upgrade`](crate::websocket::WebSocket::on_upgrade).
///
/// The connection is served beside the function that has the socket: pings, a client that leaves and the server's shutdown are
/// noticed whatever the function waits for. When it drops the socket, the connection is closed with code 1000.
///
/// A socket is also a `Stream` of messages and a `Sink` for them.
///
/// ```
/// # use gin::{prelude::*, testing::Client, websocket::{Socket, WebSocket}};
/// async fn echo(mut socket: Socket) -> gin::Result<()> {
///     while let Some(message) = socket.recv().await {
///         socket.send(message).await?;
///     }
///     Ok(())
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let app = Group::new("").get("/echo", async |ws: WebSocket| ws.on_upgrade(echo));
/// let mut socket = Client::new(app).websocket("/echo").await.unwrap();
/// socket.send("hello").await;
/// assert_eq!(socket.recv().await.unwrap().as_text(), Some("hello"));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Socket {
    sender: SocketSender,
    receiver: SocketReceiver,
}

/// The half of a [`Socket`] that sends, from [`Socket::split`].
///
/// ```
/// # use gin::{prelude::*, testing::Client, websocket::WebSocket};
/// #[get("/clock")]
/// async fn clock(ws: WebSocket) -> Response {
///     ws.on_upgrade(async |socket| {
///         let (mut sender, mut receiver) = socket.split();
///         // One task sends while this one receives.
///         let ticks = tokio::spawn(async move { sender.send("tick").await });
///         while let Some(message) = receiver.recv().await {
///             info!("{} bytes", message.as_bytes().len());
///         }
///         ticks.abort();
///         Ok(())
///     })
/// }
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").mount(routes![clock]));
/// let mut socket = client.websocket("/clock").await.unwrap();
/// assert_eq!(socket.recv().await.unwrap().as_text(), Some("tick"));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct SocketSender {
    outbox: PollSender<Command>,
}

/// The half of a [`Socket`] that receives, from [`Socket::split`].
///
/// ```
/// # use gin::{prelude::*, testing::Client, websocket::WebSocket};
/// #[get("/count")]
/// async fn count(ws: WebSocket) -> Response {
///     ws.on_upgrade(async |socket| {
///         let (mut sender, mut receiver) = socket.split();
///         let mut count = 0;
///         while receiver.recv().await.is_some_and(|message| message.as_text() != Some("end")) {
///             count += 1;
///         }
///         sender.send(count.to_string()).await?;
///         Ok(())
///     })
/// }
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").mount(routes![count]));
/// let mut socket = client.websocket("/count").await.unwrap();
/// for message in ["a", "b", "end"] {
///     socket.send(message).await;
/// }
/// assert_eq!(socket.recv().await.unwrap().as_text(), Some("2"));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct SocketReceiver {
    inbox: mpsc::Receiver<Message>,
    facts: Arc<Facts>,
    /// The connection stays open as long as one half is there.
    _open: mpsc::Sender<Command>,
}

impl Socket {
    /// Returns a socket and the connection's ends of its channels.
    pub(super) fn new(protocol: Option<String>) -> (Socket, Ends) {
        let facts = Arc::new(Facts {
            protocol,
            close_frame: OnceLock::new(),
        });
        let (inbox_tx, inbox) = mpsc::channel(1);
        let (outbox_tx, outbox) = mpsc::channel(OUTBOX);
        let socket = Socket {
            receiver: SocketReceiver {
                inbox,
                facts: facts.clone(),
                _open: outbox_tx.clone(),
            },
            sender: SocketSender {
                outbox: PollSender::new(outbox_tx),
            },
        };
        let ends = Ends {
            inbox: PollSender::new(inbox_tx),
            outbox,
            facts,
        };
        (socket, ends)
    }

    /// Waits for the next message. Returns `None` when the connection is closed, whatever the reason.
    ///
    /// Dropping the future loses no message, so it can be a branch of `select!`.
    pub async fn recv(&mut self) -> Option<Message> {
        self.receiver.recv().await
    }

    /// Waits for the next message and returns the value of its JSON. Returns `None` when the connection is closed.
    ///
    /// # Errors
    ///
    /// Fails with [`SocketError::Json`] if the message is not JSON, or not of this type. The next message can still be received.
    pub async fn recv_json<T: DeserializeOwned>(&mut self) -> Result<Option<T>, SocketError> {
        self.receiver.recv_json().await
    }

    /// Sends a message: text, bytes or a [`Message`]. Waits while too many messages before it have not been sent.
    ///
    /// # Errors
    ///
    /// Fails with [`SocketError::Closed`] if the connection is closed.
    pub async fn send(&mut self, message: impl Into<Message>) -> Result<(), SocketError> {
        self.sender.send(message).await
    }

    /// Sends a value as a text message of JSON.
    ///
    /// # Errors
    ///
    /// Fails if the connection is closed or the value cannot be serialized.
    pub async fn send_json(&mut self, value: &impl Serialize) -> Result<(), SocketError> {
        self.sender.send_json(value).await
    }

    /// Sends what was not sent yet, closes the connection with a code and a text, and waits until the client has confirmed that, at
    /// most 5 s.
    ///
    /// A code that may not be sent becomes 1011. A text of more than 123 bytes is cut.
    pub async fn close(self, code: impl Into<CloseCode>, reason: impl Into<String>) {
        self.sender.close(code, reason).await;
    }

    /// Returns the frame by which the client closed the connection, or confirmed that it is closed. It is `None` while the connection
    /// is open, and if it broke off.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client, websocket::WebSocket};
    /// # use tokio::sync::mpsc;
    /// # async fn codes(ws: WebSocket, State(log): State<mpsc::UnboundedSender<u16>>) -> Response {
    /// ws.on_upgrade(async move |mut socket| {
    ///     while socket.recv().await.is_some() {}
    ///     if let Some(closed) = socket.close_frame() {
    ///         log.send(closed.code.as_u16())?;
    ///     }
    ///     Ok(())
    /// })
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let (log, mut codes_rx) = mpsc::unbounded_channel::<u16>();
    /// # let client = Client::new(Group::new("").state(log).get("/", codes));
    /// # client.websocket("/").await.unwrap().close(4002, "").await;
    /// # assert_eq!(codes_rx.recv().await, Some(4002));
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn close_frame(&self) -> Option<&CloseFrame> {
        self.receiver.close_frame()
    }

    /// Returns the subprotocol that [`WebSocket::protocols`](crate::websocket::WebSocket::protocols) chose.
    pub fn protocol(&self) -> Option<&str> {
        self.receiver.facts.protocol.as_deref()
    }

    /// Splits the socket into halves, which two tasks can use. The connection is closed when both are dropped.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client, websocket::WebSocket};
    /// async fn count(ws: WebSocket) -> Response {
    ///     ws.on_upgrade(async |socket| {
    ///         let (mut sender, mut receiver) = socket.split();
    ///         let count = async {
    ///             for number in 1_u64.. {
    ///                 sender.send_json(&number).await?;
    ///             }
    ///             gin::Result::<()>::Ok(())
    ///         };
    ///         let until_closed = async { while receiver.recv().await.is_some() {} };
    ///         tokio::join!(count, until_closed).0
    ///     })
    /// }
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").get("/", count));
    /// let mut socket = client.websocket("/").await.unwrap();
    /// assert_eq!(socket.recv().await.unwrap().as_text(), Some("1"));
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn split(self) -> (SocketSender, SocketReceiver) {
        (self.sender, self.receiver)
    }
}

impl SocketSender {
    /// Sends a message, as [`Socket::send`] does.
    ///
    /// # Errors
    ///
    /// Fails with [`SocketError::Closed`] if the connection is closed.
    pub async fn send(&mut self, message: impl Into<Message>) -> Result<(), SocketError> {
        self.command(Command::Send(message.into())).await
    }

    /// Sends a value as a text message of JSON.
    ///
    /// # Errors
    ///
    /// Fails if the connection is closed or the value cannot be serialized.
    pub async fn send_json(&mut self, value: &impl Serialize) -> Result<(), SocketError> {
        let message = Message::json(value).map_err(SocketError::Json)?;
        self.command(Command::Send(message)).await
    }

    /// Closes the connection, as [`Socket::close`] does.
    pub async fn close(mut self, code: impl Into<CloseCode>, reason: impl Into<String>) {
        let (done_tx, done) = oneshot::channel();
        let close = Command::Close(CloseFrame::new(code, reason), done_tx);
        let closed = async {
            if self.command(close).await.is_ok() {
                // The sender is dropped, and sends nothing.
                let _ = done.await;
            }
        };
        // A client that does not read keeps what was sent before from leaving. The connection then ends by its own timeouts.
        let _ = timeout(CLOSE_TIMEOUT, closed).await;
    }

    async fn command(&mut self, command: Command) -> Result<(), SocketError> {
        let outbox = self.outbox.get_ref().ok_or(SocketError::Closed)?;
        let sent = outbox.send(command).await;
        sent.map_err(|_| SocketError::Closed)
    }
}

impl SocketReceiver {
    /// Waits for the next message, as [`Socket::recv`] does.
    pub async fn recv(&mut self) -> Option<Message> {
        self.inbox.recv().await
    }

    /// Waits for the next message and returns the value of its JSON, as [`Socket::recv_json`] does.
    ///
    /// # Errors
    ///
    /// Fails with [`SocketError::Json`] if the message is not JSON, or not of this type.
    pub async fn recv_json<T: DeserializeOwned>(&mut self) -> Result<Option<T>, SocketError> {
        let message = self.recv().await;
        message.map(|message| message.to()).transpose()
    }

    /// Returns the frame by which the client closed the connection, as [`Socket::close_frame`] does.
    pub fn close_frame(&self) -> Option<&CloseFrame> {
        self.facts.close_frame.get()
    }
}

impl Stream for Socket {
    type Item = Message;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<Message>> {
        self.receiver.inbox.poll_recv(task)
    }
}

impl Stream for SocketReceiver {
    type Item = Message;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<Message>> {
        self.inbox.poll_recv(task)
    }
}

impl Sink<Message> for SocketSender {
    type Error = SocketError;

    fn poll_ready(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Result<(), SocketError>> {
        let ready = ready!(self.outbox.poll_reserve(task));
        Poll::Ready(ready.map_err(|_| SocketError::Closed))
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), SocketError> {
        let sent = self.outbox.send_item(Command::Send(message));
        sent.map_err(|_| SocketError::Closed)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Task<'_>) -> Poll<Result<(), SocketError>> {
        // The connection sends what it gets without being driven.
        Poll::Ready(Ok(()))
    }

    fn poll_close(mut self: Pin<&mut Self>, _: &mut Task<'_>) -> Poll<Result<(), SocketError>> {
        self.outbox.close();
        Poll::Ready(Ok(()))
    }
}

impl Sink<Message> for Socket {
    type Error = SocketError;

    fn poll_ready(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Result<(), SocketError>> {
        Pin::new(&mut self.sender).poll_ready(task)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), SocketError> {
        Pin::new(&mut self.sender).start_send(message)
    }

    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Result<(), SocketError>> {
        Pin::new(&mut self.sender).poll_flush(task)
    }

    fn poll_close(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Result<(), SocketError>> {
        Pin::new(&mut self.sender).poll_close(task)
    }
}

impl fmt::Debug for SocketSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SocketSender")
    }
}
