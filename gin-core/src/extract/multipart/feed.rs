//! The input of the parser, one chunk at a time.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::task::{Context as Task, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;

use crate::content::{Body, DataStream};
use crate::failure::BodyError;

/// The control of a [`Source`].
///
/// The parser reads all that its source has before it looks at any of it. So the source gives out one chunk, and the next one only
/// when the parser has shown that it needs more: the memory for a form stays bounded, however fast the form comes.
#[derive(Debug, Clone, Default)]
pub(super) struct Feed(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    is_open: AtomicBool,
    /// The body has nothing yet, and wakes the task when it has.
    is_waiting: AtomicBool,
    /// In bytes.
    fed: AtomicU64,
}

impl Feed {
    /// Returns `body` as the parser's source.
    pub(super) fn source(&self, body: Body) -> Source {
        Source {
            body: body.into_data_stream(),
            feed: self.clone(),
        }
    }

    /// Returns the number of bytes that the parser has got.
    pub(super) fn fed(&self) -> u64 {
        self.0.fed.load(Relaxed)
    }

    /// Polls the parser: first with what it has, then with one chunk more each time. Stops with an error after `most` bytes.
    pub(super) fn drive<T>(
        &self,
        most: u64,
        mut poll: impl FnMut() -> Poll<T>,
    ) -> Poll<Result<T, Starving>> {
        self.0.is_open.store(false, Relaxed);
        self.0.is_waiting.store(false, Relaxed);
        let start = self.fed();
        loop {
            if let Poll::Ready(value) = poll() {
                return Poll::Ready(Ok(value));
            }
            if self.0.is_waiting.load(Relaxed) {
                return Poll::Pending;
            }
            if self.fed() - start > most {
                return Poll::Ready(Err(Starving));
            }
            self.0.is_open.store(true, Relaxed);
        }
    }
}

/// The parser has got as much as it may, and needs more.
#[derive(Debug)]
pub(super) struct Starving;

/// A request's body, as a stream that gives out a chunk when its [`Feed`] is open.
pub(super) struct Source {
    body: DataStream,
    feed: Feed,
}

impl Stream for Source {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<Self::Item>> {
        let counters = self.feed.0.clone();
        if !counters.is_open.swap(false, Relaxed) {
            return Poll::Pending;
        }
        counters.is_waiting.store(true, Relaxed);
        let chunk = ready!(Pin::new(&mut self.body).poll_next(task));
        counters.is_waiting.store(false, Relaxed);
        if let Some(Ok(chunk)) = &chunk {
            counters.fed.fetch_add(chunk.len() as u64, Relaxed);
        }
        Poll::Ready(chunk)
    }
}
