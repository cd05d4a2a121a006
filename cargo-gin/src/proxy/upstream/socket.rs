//! The socket of a connection to the app.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, split};

use crate::proxy::upstream::dialer::Line;

/// A socket that hides failed writes, so that hyper goes on reading: an app may have responded before it closed the connection on
/// an upload.
pub(crate) struct WriteTolerant<S> {
    stream: S,
    line: Line,
}

impl<S: AsyncRead + AsyncWrite + Unpin> WriteTolerant<S> {
    /// Wraps the app's socket.
    pub(super) fn new(stream: S, line: Line) -> WriteTolerant<S> {
        WriteTolerant { stream, line }
    }

    /// Returns the halves of the socket, which no longer hide failed writes, and its place.
    pub(crate) fn into_split(self) -> (impl AsyncRead + Unpin, impl AsyncWrite + Unpin, Line) {
        let (read, write) = split(self.stream);
        (read, write, self.line)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WriteTolerant<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WriteTolerant<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes));
        Poll::Ready(written.or(Ok(bytes.len())))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, slices));
        let length = slices.iter().map(|slice| slice.len()).sum();
        Poll::Ready(written.or(Ok(length)))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn a_response_is_read_after_a_write_has_failed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut ours = TcpStream::connect(address).await.unwrap();
        let (mut theirs, _) = listener.accept().await.unwrap();
        ours.write_all(b"upload").await.unwrap();
        theirs.readable().await.unwrap();
        theirs.write_all(b"ok").await.unwrap();
        drop(theirs);
        let line = Line::take(&Arc::new(Semaphore::new(1))).unwrap();
        let mut ours = WriteTolerant::new(ours, line);
        for _ in 0..3 {
            ours.write_all(b"more").await.unwrap();
        }
        let mut response = [0; 2];
        ours.read_exact(&mut response).await.unwrap();
        assert_eq!(&response, b"ok");
    }
}
