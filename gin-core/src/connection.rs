//! What every request of a connection shares.

use std::net::SocketAddr;

/// What every request of a connection shares.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    /// `None` on a Unix socket and in tests without a socket.
    pub(crate) remote: Option<SocketAddr>,
}
