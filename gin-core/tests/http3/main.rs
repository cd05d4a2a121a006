//! HTTP/3 over real UDP sockets, by clients of h3 and by hostile ones: the same responses as over TLS, and the same limits.

mod fixture;
#[cfg(unix)]
mod handover;
mod hostile;
mod limits;
#[expect(dead_code, reason = "the tests of TLS read the lines")]
#[path = "../tls/log.rs"]
mod log;
mod parity;
mod requests;
mod shutdown;
mod start;
#[expect(dead_code, reason = "the tests of TLS use the rest")]
#[path = "../tls/fixture.rs"]
mod tls;
