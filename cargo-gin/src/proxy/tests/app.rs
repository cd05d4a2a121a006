//! The app behind the proxy, which the test controls byte by byte.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::proxy::tests::wire::{Wire, within};

/// The type of the TLS record that begins a handshake (RFC 8446 §5.1).
const HANDSHAKE: u8 = 22;

/// An app that the test controls byte by byte.
pub(super) struct App {
    pub(super) address: SocketAddr,
    listener: TcpListener,
}

impl App {
    pub(super) async fn listen() -> App {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        App { address, listener }
    }

    /// Accepts the next connection with a request. Handshakes are refused.
    pub(super) async fn accept(&self) -> Wire {
        loop {
            let wire = self.accept_any().await;
            if first_byte(&wire)
                .await
                .is_some_and(|first| first != HANDSHAKE)
            {
                return wire;
            }
        }
    }

    /// Accepts the next connection, which may be a handshake.
    pub(super) async fn accept_any(&self) -> Wire {
        let (stream, _) = within("a connection", self.listener.accept())
            .await
            .unwrap();
        Wire::new(stream)
    }

    /// Accepts the next connection, and reads the head of the request on it.
    pub(super) async fn request(&self) -> (Wire, String) {
        let mut wire = self.accept().await;
        let head = wire.head().await;
        (wire, head)
    }

    /// Sends `bytes` in response to the next request, on a connection of its own.
    pub(super) async fn responds(&self, bytes: &str) -> (Wire, String) {
        let (mut wire, head) = self.request().await;
        wire.send(bytes).await;
        (wire, head)
    }

    /// Returns `true` if no further request comes.
    pub(super) async fn is_alone(&self) -> bool {
        timeout(Duration::from_millis(50), self.accept())
            .await
            .is_err()
    }
}

/// Returns `true` if a connection begins with a TLS handshake.
pub(super) async fn is_handshake(wire: &Wire) -> bool {
    first_byte(wire).await == Some(HANDSHAKE)
}

/// Returns the first byte of a connection. `None` if the proxy has given it up before.
async fn first_byte(wire: &Wire) -> Option<u8> {
    let mut first = [0];
    let count = within("a byte", wire.stream.peek(&mut first)).await.ok()?;
    (count == 1).then_some(first[0])
}
