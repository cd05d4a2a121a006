//! The surface of responses and errors, through the client of `gin::testing` and through a socket.

mod checks;
mod client;
mod errors;
mod json;
mod paths;
mod responses;
#[expect(dead_code, reason = "other tests use the rest")]
#[path = "../http/wire.rs"]
mod wire;
