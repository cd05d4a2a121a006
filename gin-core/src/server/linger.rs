//! Closing so that the client can read the last response.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::server::listener::Socket;

/// How much of what no one wants is read, in octets, and how long.
const LIMIT: u64 = 1 << 20;
const TIME: Duration = Duration::from_secs(2);

/// Tells the client that nothing more comes, and closes the socket once it knows.
pub(crate) async fn close(mut socket: Socket) {
    if socket.shutdown().await.is_ok() {
        linger(socket).await;
    }
}

/// Reads what the client still sends, within bounds, before the socket is closed.
///
/// A socket that is closed with unread octets is reset, and the reset can overtake the response (RFC 9112 §9.6).
pub(crate) async fn linger(socket: Socket) {
    let mut rest = socket.take(LIMIT);
    // On the heap, as every connection would have room for it all the time otherwise.
    let mut unwanted = vec![0; 4096];
    let read_all = async { while matches!(rest.read(&mut unwanted).await, Ok(1..)) {} };
    // Whether the client went or the time is up: the socket is closed now.
    let _ = timeout(TIME, read_all).await;
}
