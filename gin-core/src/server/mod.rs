//! The server: sockets, HTTP/1.1 and HTTP/2, limits, timeouts and shutdown.
//!
//! Most apps need none of this: [`Group::run`](crate::Group::run) serves with the defaults. A [`Server`] changes them.
//!
//! # Sockets, limits and timeouts
//!
//! A server listens on any number of sockets. Clients that send too much or too slowly, or do not read, are refused or
//! disconnected; each method of [`Server`] names a limit and its default.
//!
//! ```
//! use gin::{Server, prelude::*, server::Listener};
//! use std::time::Duration;
//!
//! # #[tokio::main]
//! # async fn main() -> gin::Result<()> {
//! let engine = Engine::new(Group::new("").get("/", async || "hello"))?;
//! let server = Server::new(engine)
//!     .listen(Listener::tcp("127.0.0.1:0").await?)
//!     .listen(Listener::tcp("127.0.0.1:0").await?)
//!     .max_header_size(16 << 10)
//!     .header_read_timeout(Duration::from_secs(5))
//!     .shutdown_timeout(Duration::from_secs(30));
//! # let server = server.shutdown_on(async {});
//! assert!(server.run().await.is_ok());
//! # Ok(())
//! # }
//! ```
//!
//! # Shutting down
//!
//! On SIGINT, SIGTERM or [`Server::shutdown_on`], the server accepts no more clients, closes idle connections, and waits for
//! requests that run. A response that would never end by itself watches [`Shutdown`]:
//!
//! ```
//! use gin::{prelude::*, testing::Client};
//!
//! #[get("/ticks")]
//! async fn ticks(cx: &mut Context) -> Body {
//!     let shutdown = cx.shutdown();
//!     Body::from_writer(async move |mut out| {
//!         while !shutdown.is_requested() {
//!             out.send("tick\n").await;
//!             # break;
//!         }
//!     })
//! }
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! Client::new(Group::new("").mount(routes![ticks])).get("/ticks").await.is(200).contains("tick\n");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Service managers
//!
//! The server follows systemd's protocols, which `cargo gin dev` speaks, too. It listens on the sockets that the process
//! inherited (`LISTEN_FDS`). If `NOTIFY_SOCKET` is set, it sends `READY=1` there once it accepts connections, and `STOPPING=1` when
//! it shuts down, so that a unit can be of `Type=notify`:
//!
//! ```ini
//! [Service]
//! Type=notify
//! ExecStart=/usr/local/bin/blog
//! ```
//!
//! # Other protocols
//!
//! [`Context::upgrade`](crate::Context::upgrade) turns the connection of a request, or its stream over HTTP/2, into one of another
//! protocol. The handler gets it as [`Upgraded`]. For WebSocket there is the extractor `gin::websocket::WebSocket`.

mod handle;
mod io;
mod linger;
mod listener;
mod log;
mod notify;
mod outgoing;
mod port_owner;
mod protocol;
mod runtime;
mod serve;
mod side_task;
mod signals;
#[cfg(unix)]
mod unix;
mod upgrade;

#[cfg(feature = "tower")]
pub(crate) use handle::handle;
pub use listener::Listener;
pub use runtime::block_on;
pub use serve::Server;
pub use upgrade::Upgraded;
#[cfg(feature = "tower")]
pub(crate) use upgrade::take_tunnel;
#[cfg(feature = "websocket")]
pub(crate) use upgrade::{MemorySocket, UpgradeRequest, upgrade_required};

pub use crate::connection::Shutdown;
