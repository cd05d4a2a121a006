//! A request's body that is streamed up to a limit.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context as Task, Poll, ready};

use bytes::Bytes;
use http_body::{Body as _, Frame};

use crate::content::body::Body;
use crate::failure::{BodyError, BoxError, Problem};

/// The problem of a body that did not come whole, once that is known.
pub(crate) type Outcome = Arc<OnceLock<Problem>>;

/// A request's body that ends with an error where it has more bytes than its limit.
pub(crate) struct Limited {
    pub(crate) body: Body,
    /// In bytes.
    limit: u64,
    received: u64,
    outcome: Outcome,
}

impl Limited {
    pub(crate) fn new(body: Body, limit: u64, outcome: Outcome) -> Limited {
        Limited {
            body,
            limit,
            received: 0,
            outcome,
        }
    }

    pub(crate) fn poll_frame(
        &mut self,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let announced = self.received.saturating_add(self.body.size_hint().lower());
        if announced > self.limit {
            let limit = self.limit;
            return Poll::Ready(Some(Err(self.fail(BodyError::TooLarge { limit }))));
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(task));
        Poll::Ready(frame.map(|frame| match frame {
            Ok(frame) => self.count_frame(frame),
            Err(error) => Err(self.fail(BodyError::from_boxed(error))),
        }))
    }

    fn count_frame(&mut self, frame: Frame<Bytes>) -> Result<Frame<Bytes>, BoxError> {
        self.received += frame.data_ref().map_or(0, |data| data.len() as u64);
        if self.received <= self.limit {
            return Ok(frame);
        }
        let limit = self.limit;
        Err(self.fail(BodyError::TooLarge { limit }))
    }

    /// Ends the body, of which no more is read.
    fn fail(&mut self, error: BodyError) -> BoxError {
        if let Some(problem) = error.problem() {
            // It is set at most once, as the body ends here.
            let _ = self.outcome.set(problem);
        }
        self.body = Body::empty();
        error.into()
    }
}
