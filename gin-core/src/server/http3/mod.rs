//! HTTP/3: requests over QUIC, beside HTTP/1.1 and HTTP/2 over TLS.
//!
//! | file | noun |
//! |---|---|
//! | `endpoint` | the UDP socket beside a TCP listener, and the connections that it accepts |
//! | `opening` | the UDP ports of a server, which another process may still have |
//! | `transport` | a connection of QUIC, in the shape that h3 expects |
//! | `streams` | its streams |
//! | `frames` | the frames of a stream, checked before h3 buffers them |
//! | `session` | one connection: its requests, its timeouts and its end |
//! | `exchange` | one request and its response |
//! | `incoming` | a request's body |
//! | `refused` | the responses to clients whose head h3 refuses |
//! | `head` | the heads of requests and responses, as HTTP/3 restricts them |
//! | `host` | the `Host` of a request that has an `:authority` as well |
//! | `qpack` | the fields of a head, encoded |
//! | `alt_svc` | the header by which clients over TCP learn of HTTP/3 |

mod alt_svc;
mod endpoint;
mod exchange;
mod frames;
mod head;
mod host;
mod incoming;
mod opening;
mod qpack;
mod refused;
mod session;
mod streams;
mod transport;

pub(crate) use alt_svc::{Advertisement, advertise};
pub(crate) use endpoint::Served;
pub(crate) use opening::Opening;
