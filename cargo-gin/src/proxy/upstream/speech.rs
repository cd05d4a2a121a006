//! The protocol that an app speaks on its port: HTTP, or HTTP in TLS.
//!
//! Nothing announces it, and most apps speak HTTP, so no app is sent a handshake without cause. The first connection to an app
//! speaks HTTP. A refusal of an app that speaks TLS is a TLS alert, `400 Bad Request`, or the end of the connection; only then a
//! handshake on another connection decides.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use crate::proxy::upstream::connection::Upstream;
use crate::state::Status;
use crate::tls;

/// The time for a handshake. An app that speaks something else may wait for the rest of a request instead of refusing it.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(2);

/// The protocol of an app, as far as it is known.
#[derive(Clone, Debug)]
pub(crate) struct Speech {
    known: Arc<Mutex<Option<Known>>>,
    status: watch::Receiver<Status>,
}

/// A protocol, and the app that has used it.
#[derive(Clone, Copy, Debug)]
struct Known {
    upstream: Upstream,
    protocol: Protocol,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Http,
    Https,
}

impl Speech {
    /// Returns what is known of the apps whose phases are `status`: nothing.
    pub(crate) fn unknown(status: watch::Receiver<Status>) -> Speech {
        let known = Arc::default();
        Speech { known, status }
    }

    /// Returns the protocol to begin with. An app most likely speaks what it spoke before it was built again.
    pub(super) fn likely(&self) -> Protocol {
        self.known().map_or(Protocol::Http, |known| known.protocol)
    }

    /// Returns `true` if `upstream` has sent a response, or shaken hands.
    pub(super) fn is_known(&self, upstream: Upstream) -> bool {
        self.known().is_some_and(|known| known.upstream == upstream)
    }

    /// Learns that `upstream` speaks this protocol.
    pub(super) fn learn(&self, upstream: Upstream, protocol: Protocol) {
        *self.known() = Some(Known { upstream, protocol });
    }

    /// Shakes hands with `upstream`, and learns that it speaks TLS. Returns `None` if it does not, or is gone.
    pub(super) async fn shake_hands(&self, upstream: Upstream) -> Option<TlsStream<TcpStream>> {
        let mut status = self.status.clone();
        let gone = status.wait_for(|now| Upstream::of(now) != Some(upstream));
        let shaken = timeout(HANDSHAKE_TIMEOUT, shake_hands(upstream.address));
        let stream = tokio::select! {
            shaken = shaken => shaken.ok()?.ok()?,
            // A socket that was passed to an app accepts connections after its exit.
            _ = gone => return None,
        };
        self.learn(upstream, Protocol::Https);
        Some(stream)
    }

    fn known(&self) -> MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn shake_hands(address: SocketAddr) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    tls::shake_hands(stream).await
}
