//! A socket that notes its reads and writes in the connection's activity, and that can be read ahead.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};

use bytes::Bytes;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, ReadBuf};

use crate::connection::Activity;
use crate::server::header_blocks::FollowedSocket;
use crate::server::refused::find_refusal;
use crate::server::socket::{Socket, addresses_of};

/// The most that is read ahead while a client waits for a response, in bytes.
const READ_AHEAD: usize = 64 << 10;

/// A socket that notes its reads and writes in the connection's activity.
pub(crate) struct ObservedSocket {
    socket: TokioIo<FollowedSocket>,
    /// Bytes that were read ahead, and are read again first.
    unread: Vec<u8>,
    /// Bytes that hyper has written, and that are sent unless it ends the connection because it refuses a head.
    withheld: Vec<u8>,
    activity: Arc<Activity>,
    /// `true` if requests come one after the other. Then the first bytes after a response begin the next head, and a client that
    /// closes the socket while it waits for a response has gone.
    is_http1: bool,
    /// `true` if bytes that were written wait in the TLS session.
    is_flush_blocked: bool,
}

impl ObservedSocket {
    pub(crate) fn new(socket: Socket, activity: Arc<Activity>) -> ObservedSocket {
        ObservedSocket {
            socket: TokioIo::new(FollowedSocket::new(socket)),
            unread: Vec::new(),
            withheld: Vec::new(),
            activity,
            is_http1: false,
            is_flush_blocked: false,
        }
    }

    /// Treats the connection as HTTP/1.1 from now on: bytes after a response begin a head, and the socket fails when the client
    /// closes it while it waits for a response, even though hyper does not read then.
    pub(crate) fn speak_http1(&mut self) {
        self.is_http1 = true;
        self.socket.inner_mut().unfollow();
    }

    /// Returns `true` if the connection starts with `preface`. The bytes that this reads can be read again.
    pub(crate) async fn starts_with(&mut self, preface: &[u8]) -> io::Result<bool> {
        loop {
            let seen = self.unread.len().min(preface.len());
            if self.unread[..seen] != preface[..seen] {
                return Ok(false);
            }
            if seen == preface.len() {
                return Ok(true);
            }
            if self.read_ahead().await? == 0 {
                return Ok(false);
            }
        }
    }

    /// Waits until there is something to read. Returns `false` if the client has closed the socket.
    pub(crate) async fn readable(&mut self) -> bool {
        self.has_unread() || self.read_ahead().await.is_ok_and(|length| length > 0)
    }

    /// Reads a few bytes, which can be read again. Returns 0 if the client has closed the socket.
    async fn read_ahead(&mut self) -> io::Result<usize> {
        poll_fn(|task| self.poll_read_ahead(task)).await
    }

    fn poll_read_ahead(&mut self, task: &mut Task<'_>) -> Poll<io::Result<usize>> {
        let mut bytes = [0; 256];
        let mut buffer = ReadBuf::new(&mut bytes);
        ready!(Pin::new(self.socket.inner_mut()).poll_read(task, &mut buffer))?;
        self.unread.extend_from_slice(buffer.filled());
        Poll::Ready(Ok(buffer.filled().len()))
    }

    /// Puts back `bytes`, which were read before anything that is unread now.
    pub(crate) fn with_unread(mut self, bytes: Bytes) -> ObservedSocket {
        self.unread.splice(..0, bytes);
        self
    }

    pub(crate) fn has_unread(&self) -> bool {
        !self.unread.is_empty()
    }

    pub(crate) fn into_socket(self) -> Socket {
        self.socket.into_inner().into_inner()
    }

    /// Returns the socket and the bytes that are withheld from the client.
    pub(crate) fn into_parts(self) -> (Socket, Vec<u8>) {
        (self.socket.into_inner().into_inner(), self.withheld)
    }

    /// Withholds `bytes` if hyper may have written them because it refuses a head. Otherwise returns the length to write now: up to
    /// the place where such bytes begin.
    fn withhold(&mut self, bytes: &[u8]) -> Option<usize> {
        if !self.is_http1 {
            return Some(bytes.len());
        }
        match find_refusal(bytes) {
            Some(0) => {
                self.withheld.extend_from_slice(bytes);
                None
            }
            Some(start) => Some(start),
            None => Some(bytes.len()),
        }
    }

    /// Sends the bytes that are withheld: hyper goes on, so that they are the end of a body.
    #[inline]
    fn poll_release(&mut self, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        if self.withheld.is_empty() {
            return Poll::Ready(Ok(()));
        }
        self.poll_withheld(task)
    }

    #[cold]
    fn poll_withheld(&mut self, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        while !self.withheld.is_empty() {
            let written = Pin::new(&mut self.socket).poll_write(task, &self.withheld);
            let length = ready!(self.note_write(written))?;
            self.withheld.drain(..length);
        }
        Poll::Ready(Ok(()))
    }

    /// Becomes ready when the client has closed the socket. Nothing else reads it meanwhile; bytes that come are kept.
    ///
    /// They are later requests of a client that does not wait for responses, which hides its end behind them. Of one that sends more
    /// than the limit, the end is not noticed.
    fn poll_client_closed(&mut self, task: &mut Task<'_>) -> Poll<()> {
        while self.unread.len() < READ_AHEAD {
            match ready!(self.poll_read_ahead(task)) {
                Ok(1..) => {}
                Ok(0) | Err(_) => return Poll::Ready(()),
            }
        }
        Poll::Pending
    }

    /// Notes a read. Over HTTP/2 only header blocks count: bytes between requests may be a ping, or room for the rest of a response.
    fn note_read(&mut self, result: Poll<io::Result<()>>) -> Poll<io::Result<()>> {
        if let Some(blocks) = self.socket.inner_mut().blocks() {
            if blocks.take_end() {
                self.activity.on_header_block_end();
            }
            if result.is_pending() && blocks.is_open() {
                self.activity.on_header_block_pending();
            }
            return result;
        }
        match &result {
            Poll::Pending if self.activity.is_broken() => return timed_out(),
            Poll::Pending => self.activity.on_read_pending(),
            Poll::Ready(_) => self.activity.on_read(),
        }
        result
    }

    fn note_write(&self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &result {
            Poll::Pending if self.activity.is_broken() => return timed_out(),
            Poll::Pending => {
                let socket = self.socket.inner().get_ref();
                self.activity.on_write_blocked(|| addresses_of(socket));
            }
            Poll::Ready(_) => self.activity.on_write(),
        }
        result
    }

    /// Notes a flush. Returns `true` if it waits although a timeout has passed.
    fn note_flush(&mut self, result: &Poll<io::Result<()>>) -> bool {
        if result.is_pending() {
            self.is_flush_blocked = true;
            let socket = self.socket.inner().get_ref();
            self.activity.on_write_blocked(|| addresses_of(socket));
            return self.activity.is_broken();
        }
        if std::mem::take(&mut self.is_flush_blocked) {
            self.activity.on_write();
        }
        false
    }
}

fn timed_out<T>() -> Poll<io::Result<T>> {
    Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
}

impl Read for ObservedSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if let Poll::Ready(Err(error)) = self.poll_release(task) {
            return Poll::Ready(Err(error));
        }
        if self.unread.is_empty() {
            let result = Pin::new(&mut self.socket).poll_read(task, buffer);
            return self.note_read(result);
        }
        let length = self.unread.len().min(buffer.remaining());
        let rest = self.unread.split_off(length);
        buffer.put_slice(&std::mem::replace(&mut self.unread, rest));
        self.note_read(Poll::Ready(Ok(())))
    }
}

impl Write for ObservedSocket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_release(task))?;
        let Some(length) = self.withhold(bytes) else {
            return Poll::Ready(Ok(bytes.len()));
        };
        let result = Pin::new(&mut self.socket).poll_write(task, &bytes[..length]);
        self.note_write(result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        // hyper's own responses have no body, so that each is in one piece, the last one.
        let last = bytes.iter().rposition(|bytes| !bytes.is_empty());
        if let Some(last) = last
            && self.is_http1
            && find_refusal(&bytes[last]).is_some()
        {
            return match last {
                0 => self.poll_write(task, &bytes[0]),
                _ => self.poll_write_vectored(task, &bytes[..last]),
            };
        }
        ready!(self.poll_release(task))?;
        let result = Pin::new(&mut self.socket).poll_write_vectored(task, bytes);
        self.note_write(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        // hyper refuses a head only when it has responded to all requests before.
        if !self.withheld.is_empty() && self.activity.has_requests() {
            ready!(self.poll_release(task))?;
        }
        // Over TLS, bytes that were written may still wait here for the client to read. Without it, flushing is always ready.
        let flushed = Pin::new(&mut self.socket).poll_flush(task);
        if self.note_flush(&flushed) {
            return timed_out();
        }
        ready!(flushed)?;
        let is_awaiting = self.is_http1 && self.activity.is_awaiting_response();
        if is_awaiting && self.poll_client_closed(task).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        if !self.withheld.is_empty() {
            // The server sends something before it shuts the socket down itself.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.socket).poll_shutdown(task)
    }
}
