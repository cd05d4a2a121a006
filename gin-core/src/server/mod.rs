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
//! # HTTP/3
//!
//! With the feature `http3`, `Server::http3` also serves HTTP/3, over QUIC: on the UDP port beside each TCP port, with the certificates
//! of `Server::tls`. Responses over TCP get `Alt-Svc: h3=":443"; ma=86400`, with the socket's port, by which browsers learn of it. Where
//! clients reach the app at another port, `Server::https_port` sets that one.
//!
//! ```no_run
//! # #[cfg(feature = "http3")]
//! # async fn run() -> gin::Result<()> {
//! use gin::{Server, prelude::*, server::Listener, tls::Certificates};
//!
//! let app = Group::new("").get("/", async |cx: &mut Context| format!("{:?}", cx.version()));
//! Server::new(app.build()?)
//!     .listen(Listener::tcp("[::]:443").await?)
//!     .tls(Certificates::pem("cert.pem", "key.pem"))
//!     .http3()
//!     .run()
//!     .await
//! # }
//! ```
//!
//! Handlers, middleware, limits and timeouts are the same. These differ, as QUIC does:
//!
//! - A response of which a client accepts nothing for the [`write_timeout`](Server::write_timeout) is reset. Its connection stays.
//! - A request with a malformed head gets a problem, 400, also where a client over HTTP/2 gets a reset stream.
//! - A body that is longer or shorter than its `Content-Length` gets no response: the stream is reset with `H3_MESSAGE_ERROR`.
//! - Heads have at most 773 KiB, whatever the [`max_header_size`](Server::max_header_size).
//! - A client that moves to another network keeps its connection, and [`Context::remote_addr`](crate::Context::remote_addr) is the
//!   address at which it was when the request came.
//! - A server that inherits its TCP socket waits with HTTP/3 until the process before it has left the UDP port, and advertises it only
//!   then: packets of one QUIC connection must not reach two processes.
//! - There is no early data (0-RTT), which an attacker could send again.
//! - There is no `WebSocket` and no other upgrade: browsers open them over TCP.
//!
//! While many handshakes are under way, clients must first show that they receive packets at their address. The UDP socket is always
//! bound by the server, so that a port below 1024 needs the privilege even if the TCP socket is inherited, and a firewall must let UDP
//! through. Where the kernel or the network card does not split large sends (GSO), packets are sent one by one.
//!
//! # Other protocols
//!
//! [`Context::upgrade`](crate::Context::upgrade) turns the connection of a request, or its stream over HTTP/2, into one of another
//! protocol. The handler gets it as [`Upgraded`]. For WebSocket there is the extractor `gin::websocket::WebSocket`.

mod acceptor;
mod bounds;
mod describe;
mod entrance;
mod handle;
#[cfg(feature = "tls")]
mod handshakes;
mod header_blocks;
mod hooks;
#[cfg(feature = "http3")]
mod http3;
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
mod running;
mod runtime;
#[cfg(feature = "tls")]
mod secure;
mod serve;
mod settings;
mod side_task;
mod signals;
mod socket;
mod streams;
#[cfg(unix)]
mod unix;
mod upgrade;

#[cfg(feature = "tower")]
pub(crate) use handle::handle;
pub use hooks::HookOutput;
pub use listener::Listener;
pub use runtime::block_on;
#[doc(alias(
    "serve",
    "with_graceful_shutdown",
    "RunListener",
    "ListenAndServe",
    "timeout",
    "UseH2C"
))]
pub use serve::Server;
#[doc(alias("Hijack", "OnUpgrade"))]
pub use upgrade::Upgraded;
#[cfg(feature = "websocket")]
pub(crate) use upgrade::{MemorySocket, UpgradeRequest, upgrade_required};
#[cfg(feature = "tower")]
pub(crate) use upgrade::{make_connect, mark_switched};

#[doc(alias("graceful shutdown", "CancellationToken", "Done"))]
pub use crate::connection::Shutdown;
