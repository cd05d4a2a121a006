//! TLS: certificates, their files, and the clients that they identify.
//!
//! With `Server::tls` the TCP sockets of a server speak HTTPS: TLS 1.2 and 1.3, and HTTP/1.1 or HTTP/2 as the client prefers (ALPN).
//! Unix sockets stay as they are. Limits, timeouts and shutdown are those of plain connections, and
//! [`header_read_timeout`](crate::Server::header_read_timeout) bounds the handshake, too. [`max_handshakes`](crate::Server::max_handshakes)
//! bounds how many are under way.
//!
//! ```no_run
//! use gin::prelude::*;
//! use gin::{Server, server::Listener, tls::Certificates};
//!
//! # #[tokio::main]
//! # async fn main() -> gin::Result<()> {
//! let engine = Engine::new(Group::new("").get("/", async |cx: &mut Context| cx.scheme()))?;
//! Server::new(engine)
//!     .listen(Listener::tcp("0.0.0.0:443").await?)
//!     .tls(Certificates::pem("cert.pem", "key.pem"))
//!     .run()
//!     .await
//! # }
//! ```
//!
//! # Plain HTTP
//!
//! [`Server::redirect_http`](crate::Server::redirect_http) redirects the requests on another socket, usually that of port 80, to HTTPS.
//! Responses over TLS promise browsers that the host has HTTPS for a day (HSTS), which [`Server::hsts`](crate::Server::hsts) changes.
//!
//! # Renewal
//!
//! The server looks at the files once a second. A pair that has changed and stayed the same for a second is loaded, and new
//! connections get it; open ones go on. A pair that cannot be loaded is refused with one warning, and the old one stays.
//! [`Certificates::reload`] loads the files at once.
//!
//! # Several names
//!
//! [`Certificates::and_pem`] adds a certificate. The client's server name (SNI) chooses the first that is valid for it, by an exact
//! name or a wildcard; clients that send another name, or none, get the first.
//!
//! # Client certificates
//!
//! With [`Certificates::require_clients`] or [`Certificates::accept_clients`], the identity of a client that was verified is
//! [`Context::client_certificate`](crate::Context::client_certificate).

mod certificates;
mod client;
mod error;
mod hsts;
mod pair;
mod resolver;
mod stamp;

pub use certificates::Certificates;
pub(crate) use certificates::MAX_WAITING;
pub use client::ClientCertificate;
pub use error::TlsError;
pub use hsts::Hsts;
pub(crate) use hsts::is_for;
pub(crate) use stamp::watch;
