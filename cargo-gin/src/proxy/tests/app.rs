//! The app behind the proxy, which the test controls byte by byte.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::proxy::tests::wire::{Wire, within};

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

    /// Accepts the next connection of the proxy.
    pub(super) async fn accept(&self) -> Wire {
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

    /// Returns `true` if no further connection comes.
    pub(super) async fn is_alone(&self) -> bool {
        timeout(Duration::from_millis(50), self.listener.accept())
            .await
            .is_err()
    }
}
