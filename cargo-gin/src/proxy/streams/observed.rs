//! A body that is observed while it passes.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::proxy::streams::body::Error;

/// An observer of a body.
pub(crate) trait Observer {
    /// Called with each chunk that passes.
    fn on_chunk(&mut self, _chunk: &Bytes) {}

    /// Called when the whole body has passed, possibly twice.
    fn on_end(&mut self) {}
}

/// A body with its observer.
pub(crate) struct Observed<B: Body, O: Observer> {
    body: B,
    observer: O,
}

impl<B: Body, O: Observer> Observed<B, O> {
    /// Returns `body`, observed by `observer`.
    pub(crate) fn new(body: B, observer: O) -> Observed<B, O> {
        Observed { body, observer }
    }
}

impl<B: Body, O: Observer> Drop for Observed<B, O> {
    fn drop(&mut self) {
        // hyper does not poll a body of a known length beyond its last byte.
        if self.body.is_end_stream() {
            self.observer.on_end();
        }
    }
}

impl<B, O> Body for Observed<B, O>
where
    B: Body<Data = Bytes, Error: Into<Error>> + Unpin,
    O: Observer + Unpin,
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
                    self.observer.on_chunk(chunk);
                }
            }
            Some(Err(_)) => {}
            None => self.observer.on_end(),
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
