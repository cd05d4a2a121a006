//! The transport of a server in a process of its own: a plain socket.

use std::process::Command;

use gin::Server;
use tokio::net::TcpStream;

use crate::wire::Stream;

/// The scheme of a request.
pub(crate) const SCHEME: &str = "http";

/// The number of connections that tests of many make, if the system allows it.
pub(crate) const CROWD: usize = 10_000;

/// The most memory for an idle connection, in bytes.
pub(crate) const IDLE_MEMORY: usize = 5 << 10;

/// Returns the server as it runs in its process.
pub(crate) fn served(server: Server) -> Server {
    server
}

/// Adds what [`served`] needs in its process.
pub(crate) fn prepare(_: &mut Command) {}

/// Returns the socket of a stream.
pub(crate) fn socket(stream: &Stream) -> &TcpStream {
    stream
}
