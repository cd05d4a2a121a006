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
//! `Server::http3`, with the feature `http3`, adds HTTP/3 with the same certificates.
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
//! # Certificates on request
//!
//! With the feature `acme`, `Acme` requests certificates of Let's Encrypt, or of another authority that speaks ACME (RFC 8555):
//!
//! ```no_run
//! # #[cfg(feature = "acme")]
//! # mod app {
//! use gin::prelude::*;
//! use gin::{Server, server::Listener, tls::Acme};
//!
//! # #[tokio::main]
//! # async fn main() -> gin::Result<()> {
//! let engine = Engine::new(Group::new("").get("/", async || "hello"))?;
//! let certificates = Acme::new(["example.com"], "/var/lib/blog/certificates")
//!     .contact("admin@example.com")
//!     .agree_to_terms();
//! Server::new(engine)
//!     .listen(Listener::tcp("0.0.0.0:443").await?)
//!     .tls(certificates)
//!     .run()
//!     .await
//! # }
//! # }
//! ```
//!
//! A start with certificates in the cache needs no network. Without one, the handshakes of its name fail with an alert until it has
//! come, which takes seconds. [`Group::ready`](crate::Group::ready) says nothing of it: a load balancer that waited for it would
//! keep the authority away, too.
//!
//! A certificate is renewed after two thirds of its life, and open connections go on. If that fails, the old one is served on, and a
//! warning names the cause and the time of the next try. The pause before it is doubled at every failure, from 1 s if the authority
//! cannot be reached and from 2 min if it has refused, up to 6 h, and never ends before the authority's `Retry-After`.
//!
//! Servers that share a cache take turns, and each responds to the challenge of another, so that they may be behind one load balancer
//! that passes TLS through.
//!
//! # Client certificates
//!
//! With [`Certificates::require_clients`] or [`Certificates::accept_clients`], the identity of a client that was verified is
//! [`Context::client_certificate`](crate::Context::client_certificate).

#[cfg(feature = "acme")]
mod acme;
mod certificates;
mod client;
mod error;
mod hsts;
mod pair;
mod resolver;
mod stamp;
mod watch;

#[cfg(feature = "acme")]
#[cfg_attr(docsrs, doc(cfg(feature = "acme")))]
#[doc(alias("letsencrypt", "autocert", "autotls", "AcmeConfig", "rustls-acme"))]
pub use acme::Acme;
#[cfg(feature = "acme")]
pub(crate) use acme::{accept, keep_up};
#[doc(alias("rustls", "ssl", "RunTLS", "ListenAndServeTLS", "RustlsConfig"))]
pub use certificates::Certificates;
pub(crate) use certificates::MAX_WAITING;
#[doc(alias("mtls", "peer_certificates", "PeerCertificates"))]
pub use client::ClientCertificate;
pub use error::TlsError;
#[doc(alias("Strict-Transport-Security", "STSSeconds", "UseHsts", "Shield"))]
pub use hsts::Hsts;
pub(crate) use hsts::is_for;
pub(crate) use watch::watch;
