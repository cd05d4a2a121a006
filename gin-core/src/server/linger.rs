//! Closing a connection so that the client can read the last response.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::server::socket::Socket;

/// The most that is read after the last response, in bytes, and the longest time.
const LIMIT: u64 = 1 << 20;
const TIME: Duration = Duration::from_secs(2);

/// Shuts down writing, and closes the socket once the client has seen that or the time is up.
pub(crate) async fn close(mut socket: Socket) {
    if socket.shutdown().await.is_ok() {
        linger(socket).await;
    }
}

/// Reads what the client still sends, within limits, before the socket is closed.
///
/// A socket that is closed with unread bytes is reset, and the reset can overtake the response (RFC 9112 §9.6).
pub(crate) async fn linger(socket: Socket) {
    let mut rest = socket.take(LIMIT);
    // On the heap, as otherwise the future of every connection would have room for it all the time.
    let mut unwanted = vec![0; 4096];
    let read_all = async { while matches!(rest.read(&mut unwanted).await, Ok(1..)) {} };
    // The socket is closed in any case.
    let _ = timeout(TIME, read_all).await;
}
