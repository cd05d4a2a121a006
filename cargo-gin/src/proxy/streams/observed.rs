//! A body on its way to the client, and who watches it pass.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use crate::proxy::streams::body::Error;

/// Who watches a body.
pub(crate) trait Watch {
    /// A part of it passes.
    fn passes(&mut self, _chunk: &Bytes) {}

    /// All of it has passed. May be told twice.
    fn ends(&mut self);
}

/// A body that is watched.
pub(crate) struct Watched<B: http_body::Body, W: Watch> {
    body: B,
    watch: W,
}

impl<B: http_body::Body, W: Watch> Watched<B, W> {
    /// `body`, watched by `watch`.
    pub(crate) fn new(body: B, watch: W) -> Watched<B, W> {
        Watched { body, watch }
    }
}

impl<B: http_body::Body, W: Watch> Drop for Watched<B, W> {
    fn drop(&mut self) {
        // A body of a known length is not polled beyond its last octet.
        if self.body.is_end_stream() {
            self.watch.ends();
        }
    }
}

impl<B, W> http_body::Body for Watched<B, W>
where
    B: http_body::Body<Data = Bytes, Error: Into<Error>> + Unpin,
    W: Watch + Unpin,
{
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(chunk) = frame.data_ref() {
                    self.watch.passes(chunk);
                }
            }
            Some(Err(_)) => {}
            None => self.watch.ends(),
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
