//! A client's socket. It does three things that HTTP needs and the HTTP server does not do: it sends interim responses, it
//! drains the rest of an upload before it closes, and it notices that the client has closed its side.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use crate::proxy::client::socket::{SocketWatch, Transport};

/// The time that a client that has its response may go on sending.
const LINGER: Duration = Duration::from_secs(1);

/// A client's socket, as the HTTP server uses it.
pub(crate) struct ClientStream {
    transport: Transport,
    usage: Arc<Mutex<Usage>>,
    /// Runs from the moment that everything has been sent.
    linger: Option<Pin<Box<Sleep>>>,
}

/// A handle to the same socket, for the code that serves the requests on it.
#[derive(Clone)]
pub(crate) struct ClientHandle {
    watch: SocketWatch,
    usage: Arc<Mutex<Usage>>,
}

/// The protocol of the socket.
enum Usage {
    Http {
        /// Interim responses that are to be sent.
        unsent: Vec<u8>,
        position: Position,
    },
    /// Bytes, both ways.
    Tunnel,
}

/// The position in the stream of responses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    /// Between two responses, where an interim response can be sent.
    Between,
    /// Within a response.
    Within,
}

impl ClientStream {
    /// Returns the stream for the HTTP server, and the handle for the requests.
    pub(crate) fn new(transport: Transport) -> (ClientStream, ClientHandle) {
        let usage = Arc::new(Mutex::new(Usage::Http {
            unsent: Vec::new(),
            position: Position::Between,
        }));
        let handle = ClientHandle {
            watch: transport.socket().watch(),
            usage: usage.clone(),
        };
        let stream = ClientStream {
            transport,
            usage,
            linger: None,
        };
        (stream, handle)
    }

    fn poll_send_interim(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut usage = lock(&self.usage);
        if let Usage::Http { unsent, .. } = &mut *usage {
            while !unsent.is_empty() {
                let sent = ready!(Pin::new(&mut self.transport).poll_write(cx, unsent))?;
                unsent.drain(..sent);
            }
        }
        Poll::Ready(Ok(()))
    }

    fn set_position(&self, now: Position) {
        if let Usage::Http { position, .. } = &mut *lock(&self.usage) {
            *position = now;
        }
    }

    fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut buffer = [0; 8192];
        loop {
            let mut discarded = ReadBuf::new(&mut buffer);
            ready!(Pin::new(&mut *self).poll_read(cx, &mut discarded))?;
            if discarded.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl ClientHandle {
    /// Sends an interim response ahead of the response, unless that is on its way already.
    pub(crate) fn send_interim(&self, head: &[u8]) {
        if let Usage::Http { unsent, position } = &mut *lock(&self.usage)
            && *position == Position::Between
        {
            unsent.extend_from_slice(head);
        }
    }

    /// Turns the socket into a tunnel.
    pub(crate) fn become_tunnel(&self) {
        *lock(&self.usage) = Usage::Tunnel;
    }

    /// Waits until the client has closed its side, even while bytes that it sent before are unread.
    pub(crate) async fn closed(&self) {
        self.watch.closed().await;
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.transport).poll_read(cx, buffer)
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_send_interim(cx))?;
        self.set_position(Position::Within);
        Pin::new(&mut self.transport).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_send_interim(cx))?;
        self.set_position(Position::Within);
        Pin::new(&mut self.transport).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.transport.is_write_vectored()
    }

    /// The HTTP server calls this when it has written everything that it has.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send_interim(cx))?;
        ready!(Pin::new(&mut self.transport).poll_flush(cx))?;
        self.set_position(Position::Between);
        Poll::Ready(Ok(()))
    }

    /// RFC 9112 §9.6: closing a socket over unread bytes resets it, and the response is lost with it.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.linger.is_none() {
            ready!(Pin::new(&mut self.transport).poll_shutdown(cx))?;
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
