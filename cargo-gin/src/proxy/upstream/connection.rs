//! Connections to the app.
//!
//! Each client connection has its own, and uses them again for its own requests: what an app sends too much after an
//! answer can reach nobody else.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::oneshot;

use crate::proxy::streams::{Upload, Watch};
use crate::proxy::tasks::Tasks;

/// A running app: no two apps are equal, whatever addresses they have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct App {
    /// The attempt that made it.
    pub(crate) build: u64,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

/// A connection to an app. Dropping it closes the connection, unless that has become a tunnel.
pub(crate) struct Lane {
    app: App,
    requests: http1::SendRequest<Upload>,
    _open: oneshot::Sender<()>,
}

impl Lane {
    /// The largest head that an app may answer with, in octets.
    const MAX_HEAD: usize = 256 * 1024;
    /// The most fields that an app may answer with.
    const MAX_FIELDS: usize = 256;

    /// Connects to the app.
    pub(crate) async fn open(app: App, tasks: &Tasks) -> anyhow::Result<Lane> {
        let stream = TcpStream::connect(app.address).await?;
        stream.set_nodelay(true)?;
        let (requests, connection) = http1::Builder::new()
            .preserve_header_case(true)
            .max_buf_size(Self::MAX_HEAD)
            .max_headers(Self::MAX_FIELDS)
            .handshake(TokioIo::new(Patient(stream)))
            .await?;
        let (open, closed) = oneshot::channel::<()>();
        tasks.spawn(async move {
            tokio::select! {
                // How it ends is told to whoever waits for the answer.
                _ = connection.with_upgrades() => {}
                _ = closed => {}
            }
        });
        Ok(Lane {
            app,
            requests,
            _open: open,
        })
    }

    /// The app it leads to.
    pub(crate) fn app(&self) -> App {
        self.app
    }

    /// Sends a request and waits for the answer's head. A request of which no octet was sent comes back with the error.
    pub(crate) async fn send(
        &mut self,
        request: Request<Upload>,
    ) -> Result<Response<Incoming>, TrySendError<Request<Upload>>> {
        self.requests.try_send_request(request).await
    }
}

/// The app's socket. A write that fails is not the end yet: an app may have answered before it closed on an upload.
pub(crate) struct Patient(TcpStream);

impl Patient {
    /// The socket's halves, for which a failed write is the end.
    pub(crate) fn into_split(self) -> (OwnedReadHalf, OwnedWriteHalf) {
        self.0.into_split()
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, octets)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.0).poll_write(cx, octets));
        Poll::Ready(written.or(Ok(octets.len())))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.0).poll_write_vectored(cx, slices));
        let length = slices.iter().map(|slice| slice.len()).sum();
        Poll::Ready(written.or(Ok(length)))
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// A connection whose answer is on its way to the client. At its end it can be used again.
pub(crate) struct Busy {
    lane: Option<Lane>,
    lanes: Option<Lanes>,
}

impl Busy {
    /// One that then goes to `lanes`, if any, or is closed.
    pub(crate) fn new(lane: Lane, lanes: Option<Lanes>) -> Busy {
        let lane = Some(lane);
        Busy { lane, lanes }
    }
}

impl Watch for Busy {
    fn ends(&mut self) {
        if let (Some(lane), Some(lanes)) = (self.lane.take(), &self.lanes) {
            lanes.put(lane);
        }
    }
}

/// The connections to the app that a client's connection may use again.
#[derive(Clone, Default)]
pub(crate) struct Lanes(Arc<Mutex<Idle>>);

/// Connections that wait, all to the same app.
#[derive(Default)]
struct Idle {
    app: Option<App>,
    lanes: Vec<Lane>,
}

impl Lanes {
    /// How many are kept. An HTTP/1 client uses one at a time.
    const MAX: usize = 8;

    /// Takes one to this app that still stands. From now on those to this app are kept.
    pub(crate) async fn take(&self, app: App) -> Option<Lane> {
        self.keep_only(Some(app));
        loop {
            let mut lane = self.idle().lanes.pop()?;
            if lane.requests.ready().await.is_ok() {
                return Some(lane);
            }
        }
    }

    /// Keeps one, while its app is the one to ask.
    pub(crate) fn put(&self, lane: Lane) {
        let mut idle = self.idle();
        if idle.app == Some(lane.app) && idle.lanes.len() < Self::MAX {
            idle.lanes.push(lane);
        }
    }

    /// Closes those to any other app than this.
    pub(crate) fn keep_only(&self, app: Option<App>) {
        let mut idle = self.idle();
        if idle.app != app {
            *idle = Idle {
                app,
                lanes: Vec::new(),
            };
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn an_answer_is_read_after_a_write_has_failed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut ours = TcpStream::connect(address).await.unwrap();
        let (mut theirs, _) = listener.accept().await.unwrap();
        ours.write_all(b"upload").await.unwrap();
        theirs.readable().await.unwrap();
        theirs.write_all(b"ok").await.unwrap();
        drop(theirs);
        let mut ours = Patient(ours);
        for _ in 0..3 {
            ours.write_all(b"more").await.unwrap();
        }
        let mut answer = [0; 2];
        ours.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"ok");
    }
}
