//! A body that is longer than what the app sent.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Frame, SizeHint};

use crate::proxy::streams::{Body, Error};

/// A body of the app's, and octets of ours after its end: before its trailers, and not at all where it broke off.
pub(crate) struct Extended {
    body: Body,
    /// Absent once they are sent.
    addition: Option<Bytes>,
    trailers: Option<HeaderMap>,
}

impl Extended {
    /// `body`, and then `addition`.
    pub(crate) fn new(body: Body, addition: Bytes) -> Extended {
        Extended {
            body,
            addition: Some(addition),
            trailers: None,
        }
    }
}

impl http_body::Body for Extended {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.addition.is_none() {
            return Poll::Ready(
                self.trailers
                    .take()
                    .map(|trailers| Ok(Frame::trailers(trailers))),
            );
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let last = match frame {
            Some(Ok(frame)) => match frame.into_trailers() {
                Ok(trailers) => Some(trailers),
                Err(frame) => return Poll::Ready(Some(Ok(frame))),
            },
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            None => None,
        };
        self.trailers = last;
        Poll::Ready(
            self.addition
                .take()
                .map(|addition| Ok(Frame::data(addition))),
        )
    }

    fn is_end_stream(&self) -> bool {
        self.addition.is_none() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let added = self.addition.as_ref().map_or(0, Bytes::len) as u64;
        let body = self.body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(body.lower().saturating_add(added));
        if let Some(upper) = body.upper().and_then(|upper| upper.checked_add(added)) {
            hint.set_upper(upper);
        }
        hint
    }
}
