//! A connection to the app.

use std::net::SocketAddr;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1};
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;

use crate::proxy::streams::Body;
use crate::proxy::tasks::Tasks;
use crate::proxy::upstream::dialer::Line;
use crate::proxy::upstream::socket::WriteTolerant;
use crate::proxy::upstream::speech::Speech;
use crate::proxy::upstream::transport::Transport;
use crate::state::{Phase, Status};

/// A running app. The apps of two attempts are never equal, even at one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Upstream {
    /// The attempt that started it.
    pub(crate) attempt: u64,
    /// The address that it listens on.
    pub(crate) address: SocketAddr,
}

impl Upstream {
    /// Returns the app that serves requests now, if the phase is `Ready`.
    pub(crate) fn of(status: &Status) -> Option<Upstream> {
        match &status.phase {
            Phase::Ready(reachable) => Some(Upstream {
                attempt: status.attempt,
                address: reachable.address,
            }),
            _ => None,
        }
    }
}

/// A connection to an app. Dropping it closes the connection, unless that has become a tunnel.
pub(crate) struct Connection {
    upstream: Upstream,
    requests: http1::SendRequest<Body>,
    _open: oneshot::Sender<()>,
}

impl Connection {
    /// The largest response head that is accepted, in bytes.
    const MAX_HEADER_SIZE: usize = 256 * 1024;
    /// The most header fields that are accepted.
    const MAX_HEADERS: usize = 256;

    /// Connects to the app. The connection has `line`.
    pub(super) async fn open(
        upstream: Upstream,
        line: Line,
        speech: &Speech,
        tasks: &Tasks,
    ) -> anyhow::Result<Connection> {
        let stream = Transport::open(upstream, speech).await?;
        let (requests, connection) = http1::Builder::new()
            .preserve_header_case(true)
            .max_buf_size(Self::MAX_HEADER_SIZE)
            .max_headers(Self::MAX_HEADERS)
            .handshake(TokioIo::new(WriteTolerant::new(stream, line)))
            .await?;
        let (open, closed) = oneshot::channel::<()>();
        tasks.spawn(async move {
            tokio::select! {
                // An error reaches the code that waits for the response.
                _ = connection.with_upgrades() => {}
                _ = closed => {}
            }
        });
        Ok(Connection {
            upstream,
            requests,
            _open: open,
        })
    }

    /// Returns the app at its other end.
    pub(crate) fn upstream(&self) -> Upstream {
        self.upstream
    }

    /// Waits until it can take a request. Returns `false` if it is closed.
    pub(super) async fn is_ready(&mut self) -> bool {
        self.requests.ready().await.is_ok()
    }

    /// Sends a request and waits for the head of the response.
    ///
    /// # Errors
    ///
    /// The error contains the request if no byte of it was sent.
    pub(crate) async fn send(
        &mut self,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, TrySendError<Request<Body>>> {
        self.requests.try_send_request(request).await
    }
}
