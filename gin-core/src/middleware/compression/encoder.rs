//! Encoders, which compress into memory.

use std::pin::Pin;
use std::task::{Context as Task, Poll, ready};
use std::{io, mem};

use async_compression::Level;
use async_compression::tokio::write::{BrotliEncoder, GzipEncoder, ZstdEncoder};
use bytes::{Buf, Bytes};
use tokio::io::AsyncWrite;

use crate::middleware::compression::coding::{Coding, Effort};

/// An encoder and its output up to now.
pub(super) enum Encoder {
    Brotli(Box<BrotliEncoder<Vec<u8>>>),
    Zstd(Box<ZstdEncoder<Vec<u8>>>),
    Gzip(Box<GzipEncoder<Vec<u8>>>),
}

impl Encoder {
    pub(super) fn new(coding: Coding, effort: Effort) -> Encoder {
        let level = level(coding, effort);
        let output = Vec::new();
        match coding {
            Coding::Brotli => Encoder::Brotli(Box::new(BrotliEncoder::with_quality(output, level))),
            Coding::Zstd => Encoder::Zstd(Box::new(ZstdEncoder::with_quality(output, level))),
            Coding::Gzip => Encoder::Gzip(Box::new(GzipEncoder::with_quality(output, level))),
        }
    }

    /// Returns `content` compressed.
    pub(super) fn whole(coding: Coding, effort: Effort, mut content: Bytes) -> io::Result<Vec<u8>> {
        let mut encoder = Encoder::new(coding, effort);
        // An encoder that writes into memory never waits.
        let task = &mut Task::from_waker(std::task::Waker::noop());
        let mut poll = || {
            while content.has_remaining() {
                ready!(encoder.poll_write(task, &mut content, usize::MAX))?;
            }
            ready!(encoder.poll_finish(task))?;
            Poll::Ready(io::Result::Ok(encoder.take_output()))
        };
        match poll() {
            Poll::Ready(output) => output,
            Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    /// Compresses at most `length` bytes of `content`. Returns how many it has.
    pub(super) fn poll_write(
        &mut self,
        task: &mut Task<'_>,
        content: &mut Bytes,
        length: usize,
    ) -> Poll<io::Result<usize>> {
        let part = content.get(..length).unwrap_or(content);
        let written = ready!(self.writer().poll_write(task, part))?;
        content.advance(written);
        Poll::Ready(Ok(written))
    }

    /// Makes all output available that the content up to now has.
    pub(super) fn poll_flush(&mut self, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        self.writer().poll_flush(task)
    }

    pub(super) fn poll_finish(&mut self, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        self.writer().poll_shutdown(task)
    }

    pub(super) fn output_len(&mut self) -> usize {
        self.output().len()
    }

    pub(super) fn take_output(&mut self) -> Vec<u8> {
        mem::take(self.output())
    }

    fn writer(&mut self) -> Pin<&mut (dyn AsyncWrite + Send + Unpin)> {
        Pin::new(self.async_write())
    }

    fn async_write(&mut self) -> &mut (dyn AsyncWrite + Send + Unpin) {
        match self {
            Encoder::Brotli(encoder) => &mut **encoder,
            Encoder::Zstd(encoder) => &mut **encoder,
            Encoder::Gzip(encoder) => &mut **encoder,
        }
    }

    fn output(&mut self) -> &mut Vec<u8> {
        match self {
            Encoder::Brotli(encoder) => encoder.get_mut(),
            Encoder::Zstd(encoder) => encoder.get_mut(),
            Encoder::Gzip(encoder) => encoder.get_mut(),
        }
    }
}

/// Returns the level of a coding. The default of brotli is its slowest.
fn level(coding: Coding, effort: Effort) -> Level {
    let [fast, balanced, smallest] = match coding {
        Coding::Brotli => [1, 4, 11],
        // RFC 9659 §3: browsers refuse windows of more than 8 MiB, which higher levels have.
        Coding::Zstd => [1, 3, 19],
        Coding::Gzip => [1, 6, 9],
    };
    Level::Precise(match effort {
        Effort::Fast => fast,
        Effort::Balanced => balanced,
        Effort::Smallest => smallest,
    })
}
