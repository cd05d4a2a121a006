//! `WebSocket`: messages both ways on one connection (RFC 6455).
//!
//! A handler takes a [`WebSocket`] and accepts it with a function that has the [`Socket`]:
//!
//! ```
//! use gin::{prelude::*, testing::Client, websocket::WebSocket};
//!
//! #[get("/echo")]
//! async fn echo(ws: WebSocket) -> Response {
//!     ws.on_upgrade(async |mut socket| {
//!         while let Some(message) = socket.recv().await {
//!             socket.send(message).await?;
//!         }
//!         Ok(())
//!     })
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").mount(routes![echo]));
//! let mut socket = client.websocket("/echo").await.unwrap();
//! socket.send("hello").await;
//! assert_eq!(socket.recv().await.unwrap().as_text(), Some("hello"));
//! socket.close(1000, "bye").await;
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # A chat
//!
//! A channel of the app connects its sockets. Each of them receives from the client and from the channel:
//!
//! ```
//! use gin::{prelude::*, testing::Client, websocket::{Message, Socket, WebSocket}};
//! use tokio::{select, sync::broadcast};
//!
//! type Room = broadcast::Sender<Message>;
//!
//! #[get("/chat")]
//! async fn chat(ws: WebSocket, State(room): State<Room>) -> Response {
//!     let messages = room.subscribe();
//!     ws.on_upgrade(async move |socket| talk(socket, room, messages).await)
//! }
//!
//! async fn talk(mut socket: Socket, room: Room, mut messages: broadcast::Receiver<Message>) -> gin::Result<()> {
//!     loop {
//!         select! {
//!             message = socket.recv() => match message {
//!                 Some(message) => drop(room.send(message)),
//!                 None => return Ok(()),
//!             },
//!             message = messages.recv() => match message {
//!                 Ok(message) => socket.send(message).await?,
//!                 // The client is too slow for the room, and lost messages.
//!                 Err(_) => {
//!                     socket.close(1013, "too slow").await;
//!                     return Ok(());
//!                 }
//!             },
//!         }
//!     }
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").state(Room::new(64)).mount(routes![chat]));
//! let mut ann = client.websocket("/chat").await.unwrap();
//! let mut bob = client.websocket("/chat").await.unwrap();
//! ann.send("hello").await;
//! for socket in [&mut ann, &mut bob] {
//!     assert_eq!(socket.recv().await.unwrap().as_text(), Some("hello"));
//! }
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # The life of a connection
//!
//! | event | for the app | for the client |
//! |---|---|---|
//! | the client closes the connection | [`Socket::recv`] returns `None`, [`Socket::close_frame`] has its code | its code is confirmed |
//! | the client vanishes | `recv` returns `None`, after two to three intervals of [`WebSocket::keep_alive`] | |
//! | the function drops the socket | | 1000 |
//! | the function calls [`Socket::close`] | waits until the client has confirmed it, at most 5 s | its code |
//! | the function returns an error or panics | the error is logged | 1011, or 1007 for JSON that does not fit |
//! | the client sends too much, text that is not UTF-8, or a broken frame | `recv` returns `None` | 1009, 1007, 1002 |
//! | the server shuts down | `recv` returns `None`, [`Socket::send`] fails | 1001 |
//!
//! The connection is served beside the function, so none of this depends on what the function waits for. A function that runs on after
//! the end of its connection is cut off by a shutdown when [`Server::shutdown_timeout`](crate::Server::shutdown_timeout) has passed.
//!
//! # Limits
//!
//! A message has at most [1 MiB](WebSocket::max_message_size). The next one is read when the function has received the one before, and
//! [`Socket::send`] waits for a client that does not take what was sent. Pages of other origins are refused, unless
//! [`Group::websocket_origins`](crate::Group::websocket_origins) lists them: browsers let any page connect with the cookies of the user.
//!
//! Frames are not compressed (RFC 7692 is not offered).

mod close;
mod connection;
mod keep_alive;
mod message;
mod origin;
mod socket;
mod socket_error;
mod task;
mod upgrade;

pub use close::{CloseCode, CloseFrame};
pub use message::Message;
#[doc(alias = "Utf8Bytes")]
pub use message::Text;
pub use socket::{Socket, SocketReceiver, SocketSender};
pub use socket_error::SocketError;
#[doc(alias("ws", "websocket", "WebSocketUpgrade", "IsWebsocket"))]
pub use upgrade::WebSocket;
