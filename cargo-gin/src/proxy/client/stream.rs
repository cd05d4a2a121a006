//! A client's socket, with what HTTP needs of it and the HTTP server does not do: interim answers, a last look at
//! what the client still sends, and the news that it has left.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::{Sleep, sleep};

/// How long a client that has its answer may go on sending.
const LINGER: Duration = Duration::from_secs(1);

/// A client's socket, as the HTTP server uses it.
pub(crate) struct Line {
    read: Arc<OwnedReadHalf>,
    write: OwnedWriteHalf,
    usage: Arc<Mutex<Usage>>,
    /// Runs from the moment that we have sent all we had.
    linger: Option<Pin<Box<Sleep>>>,
}

/// The same socket, for who answers the requests on it.
#[derive(Clone)]
pub(crate) struct Side {
    read: Arc<OwnedReadHalf>,
    usage: Arc<Mutex<Usage>>,
}

/// What a socket is used for.
enum Usage {
    /// HTTP.
    Http {
        /// Interim answers that are to be sent.
        unsent: Vec<u8>,
        moment: Moment,
    },
    /// Octets, both ways.
    Tunnel,
}

/// Where the answers to a client are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// Nothing of one is on its way, so that an interim one can't fall into it.
    Between,
    /// One is on its way.
    Within,
}

impl Line {
    /// Both views of a client's socket.
    pub(crate) fn new(stream: TcpStream) -> (Line, Side) {
        let (read, write) = stream.into_split();
        let read = Arc::new(read);
        let usage = Arc::new(Mutex::new(Usage::Http {
            unsent: Vec::new(),
            moment: Moment::Between,
        }));
        let side = Side {
            read: read.clone(),
            usage: usage.clone(),
        };
        let line = Line {
            read,
            write,
            usage,
            linger: None,
        };
        (line, side)
    }

    fn poll_send_interim(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut usage = lock(&self.usage);
        if let Usage::Http { unsent, .. } = &mut *usage {
            while !unsent.is_empty() {
                let sent = ready!(Pin::new(&mut self.write).poll_write(cx, unsent))?;
                unsent.drain(..sent);
            }
        }
        Poll::Ready(Ok(()))
    }

    fn comes_to(&self, now: Moment) {
        if let Usage::Http { moment, .. } = &mut *lock(&self.usage) {
            *moment = now;
        }
    }

    fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut octets = [0; 8192];
        loop {
            let mut unwanted = ReadBuf::new(&mut octets);
            ready!(Pin::new(&mut *self).poll_read(cx, &mut unwanted))?;
            if unwanted.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl Side {
    /// Sends an interim answer ahead of the answer.
    pub(crate) fn send_interim(&self, head: &[u8]) {
        if let Usage::Http { unsent, moment } = &mut *lock(&self.usage)
            && *moment == Moment::Between
        {
            unsent.extend_from_slice(head);
        }
    }

    /// From now on the socket is a tunnel.
    pub(crate) fn becomes_tunnel(&self) {
        *lock(&self.usage) = Usage::Tunnel;
    }

    /// Waits until the client has closed its side, even while what it sent before is unread.
    pub(crate) async fn leaves(&self) {
        // However it is known, it is the end.
        let _ = self.read.ready(END).await;
    }
}

/// Of all that can be waited for, what stands for the client's end and not for octets that are unread.
#[cfg(any(target_os = "linux", target_os = "android"))]
const END: Interest = Interest::PRIORITY;
/// Elsewhere only a reset is seen while there are unread octets.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const END: Interest = Interest::ERROR;

impl AsyncRead for Line {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stream: &TcpStream = self.read.as_ref().as_ref();
        loop {
            ready!(stream.poll_read_ready(cx))?;
            match stream.try_read(octets.initialize_unfilled()) {
                Ok(count) => {
                    octets.advance(count);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_send_interim(cx))?;
        self.comes_to(Moment::Within);
        Pin::new(&mut self.write).poll_write(cx, octets)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_send_interim(cx))?;
        self.comes_to(Moment::Within);
        Pin::new(&mut self.write).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.write.is_write_vectored()
    }

    /// The HTTP server calls it when it has written all that it has.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send_interim(cx))?;
        self.comes_to(Moment::Between);
        Poll::Ready(Ok(()))
    }

    /// RFC 9112 §9.6: a socket closed over unread octets is reset, and the answer is lost with it.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.linger.is_none() {
            ready!(Pin::new(&mut self.write).poll_shutdown(cx))?;
        }
        if matches!(*lock(&self.usage), Usage::Tunnel) {
            return Poll::Ready(Ok(()));
        }
        let linger = self.linger.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        if linger.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Ok(()));
        }
        self.poll_discard(cx)
    }
}

fn lock(usage: &Mutex<Usage>) -> MutexGuard<'_, Usage> {
    usage.lock().unwrap_or_else(PoisonError::into_inner)
}
