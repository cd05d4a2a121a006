//! Bodies that are decompressed while they are read.

use std::io;
use std::pin::Pin;
use std::task::{Context as Task, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use http_body::{Body as HttpBody, Frame};
use tokio::io::{AsyncBufRead, AsyncRead, ReadBuf};

use crate::content::{Body, BodyReader};
use crate::failure::{BodyError, BoxError};
use crate::middleware::decompression::decoder::{Decoder, Format};

/// The most content that is made at a time, in bytes.
const CHUNK: usize = 16 << 10;

/// The compressed bytes that may come before any content. Twice the content may come after that.
///
/// A block of zstd has at most 128 KiB, and is content once it is complete (RFC 8878 §3.1.1.2.4).
const HEAD_START: u64 = 256 << 10;

/// A body that is decompressed while it is read.
pub(super) enum Decoded {
    Open(Decoder<Counted>),
    Ended,
}

/// The compressed body. It fails if much comes that stands for nothing, which the limit of the content would never end.
pub(super) struct Counted {
    reader: BodyReader,
    /// The bytes that may still be read.
    left: u64,
}

impl Decoded {
    pub(super) fn new(format: Format, body: Body) -> Decoded {
        let input = Counted {
            reader: body.into_async_read(),
            left: HEAD_START,
        };
        Decoded::Open(Decoder::new(format, input))
    }

    fn poll_chunk(&mut self, task: &mut Task<'_>) -> Poll<io::Result<Option<Bytes>>> {
        let Decoded::Open(decoder) = self else {
            return Poll::Ready(Ok(None));
        };
        let mut chunk = BytesMut::zeroed(CHUNK);
        let mut buffer = ReadBuf::new(&mut chunk);
        ready!(decoder.poll_read(task, &mut buffer))?;
        let length = buffer.filled().len();
        if length == 0 {
            ready!(decoder.input().poll_end(task))?;
            return Poll::Ready(Ok(None));
        }
        let input = decoder.input();
        input.left = input.left.saturating_add(2 * length as u64);
        chunk.truncate(length);
        Poll::Ready(Ok(Some(chunk.freeze())))
    }
}

impl HttpBody for Decoded {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match ready!(self.poll_chunk(task)) {
            Ok(Some(chunk)) => Poll::Ready(Some(Ok(Frame::data(chunk)))),
            Ok(None) => {
                *self = Decoded::Ended;
                Poll::Ready(None)
            }
            Err(error) => {
                *self = Decoded::Ended;
                Poll::Ready(Some(Err(reason(error).into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Decoded::Ended)
    }
}

/// Returns the reason why the compressed body failed, else that its content is broken.
fn reason(error: io::Error) -> BodyError {
    match error.downcast::<BodyError>() {
        Ok(error) => error,
        Err(error) => BodyError::Undecodable(error),
    }
}

impl Counted {
    /// Waits for the end of the body. It must have nothing behind its content.
    fn poll_end(&mut self, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        let rest = ready!(Pin::new(&mut self.reader).poll_fill_buf(task))?;
        if rest.is_empty() {
            return Poll::Ready(Ok(()));
        }
        let reason = "there are bytes behind the compressed content";
        Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, reason)))
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut bytes = ready!(self.as_mut().poll_fill_buf(task))?;
        let length = bytes.len().min(buffer.remaining());
        bytes.copy_to_slice(buffer.initialize_unfilled_to(length));
        buffer.advance(length);
        self.consume(length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncBufRead for Counted {
    fn poll_fill_buf(self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<io::Result<&[u8]>> {
        if self.left == 0 {
            let reason = "the compressed body is larger than its content";
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, reason)));
        }
        Pin::new(&mut self.get_mut().reader).poll_fill_buf(task)
    }

    fn consume(mut self: Pin<&mut Self>, amount: usize) {
        self.left = self.left.saturating_sub(amount as u64);
        Pin::new(&mut self.reader).consume(amount);
    }
}
