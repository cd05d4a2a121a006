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
//! A setting that no server can have, such as a timeout of nothing, is an error of [`Server::run`] with its `file:line`.
//!
//! # The ends of messages
//!
//! The server alone decides where a response ends, over HTTP/1.1 and HTTP/2. A `Content-Length` that a handler or a middleware has
//! set is replaced by the length of the body, or is the promise of a stream: one of another length aborts the response. A
//! `Transfer-Encoding` is removed. A response that has no body by its status, or as one to `HEAD`, is sent without the one that it
//! was given.
//!
//! A body that no handler has read is dropped if its rest has come, and does not cost the connection. Otherwise the response says
//! `Connection: close`.
//!
//! A head that is malformed or too large gets a problem, which [`Group::on_error`](crate::Group::on_error) of the root group
//! renders. There is no request then, so that no middleware runs; the event log has a line.
//!
//! # Shutting down
//!
//! On SIGINT, SIGTERM or [`Server::shutdown_on`], the server accepts no more clients, closes idle connections, and waits for
//! requests that run. A client that has just connected, or is sending a head, gets a second for it. A response that would never end by itself watches [`Shutdown`]:
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
//! # Behind a load balancer
//!
//! A load balancer learns that a server shuts down by a probe, and sends it requests until then. So the server should stop later
//! than [`Group::ready`](crate::Group::ready) says so: [`Server::drain_delay`] sets how much later. In that time, the server still
//! accepts connections, and its responses over HTTP/1.1 have `Connection: close`.
//!
//! An app opens resources in [`Server::on_start`], and closes them in [`Server::on_shutdown`], when the last request has ended:
//!
//! ```
//! use gin::{Server, prelude::*};
//! use std::time::Duration;
//!
//! # #[tokio::main]
//! # async fn main() -> gin::Result<()> {
//! let app = Group::new("").get("/", async || "hello").ready("/readyz");
//! let server = Server::new(app.build()?)
//!     .drain_delay(Duration::from_secs(5))
//!     .on_start(async || info!("the server has started"))
//!     .on_shutdown(async || info!("the last request has ended"));
//! # let listener = gin::server::Listener::tcp("127.0.0.1:0").await?;
//! # let server = server.listen(listener).drain_delay(Duration::ZERO).shutdown_on(async {});
//! server.run().await
//! # }
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

mod describe;
mod handle;
#[cfg(feature = "tls")]
mod handshakes;
mod hooks;
#[cfg(feature = "tls")]
mod https;
mod io;
mod linger;
mod listener;
mod notify;
mod outgoing;
mod port_owner;
mod protocol;
#[cfg(feature = "tls")]
mod redirecting;
mod refused;
mod runtime;
#[cfg(feature = "tls")]
mod secure;
mod serve;
mod settings;
mod side_task;
mod signals;
mod streams;
#[cfg(unix)]
mod unix;
mod upgrade;

#[cfg(feature = "tower")]
pub(crate) use handle::handle;
pub use hooks::HookOutput;
pub use listener::Listener;
pub use runtime::block_on;
pub use serve::Server;
pub use upgrade::Upgraded;
#[cfg(feature = "websocket")]
pub(crate) use upgrade::{MemorySocket, UpgradeRequest, upgrade_required};
#[cfg(feature = "tower")]
pub(crate) use upgrade::{make_connect, mark_switched};

pub use crate::connection::Shutdown;
