//! Bodies that keep something until they have been sent.

use std::pin::Pin;
use std::task::{Context as Task, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::content::body::Body;
use crate::failure::BoxError;

impl Body {
    /// Drops `guard` when the body has been sent, or when the client has gone.
    pub(crate) fn holding<G: Send + Unpin + 'static>(self, guard: G) -> Body {
        Body::new(Held {
            body: self,
            guard: Some(guard),
        })
    }
}

/// A body and the guard that it holds up to its end.
struct Held<G> {
    body: Body,
    guard: Option<G>,
}

impl<G: Unpin> HttpBody for Held<G> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(task));
        if frame.is_none() {
            self.guard = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
