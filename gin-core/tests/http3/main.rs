//! HTTP/3 over real UDP sockets, by clients of h3 and by hostile ones: the same responses as over TLS, and the same limits.

mod fixture;
mod hostile;
mod limits;
mod parity;
mod requests;
mod shutdown;
mod start;
#[expect(dead_code, reason = "the tests of TLS use the rest")]
#[path = "../tls/fixture.rs"]
mod tls;
