//! A body with bytes appended.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Frame, SizeHint};

use crate::proxy::streams::{Body, Error};

/// A body of the app, followed by bytes of the proxy. They come before the trailers. Nothing is appended to a body that was cut
/// off.
pub(crate) struct Appended {
    body: Body,
    /// `None` once it is sent.
    addition: Option<Bytes>,
    trailers: Option<HeaderMap>,
}

impl Appended {
    /// Appends `addition` to `body`.
    pub(crate) fn new(body: Body, addition: Bytes) -> Appended {
        Appended {
            body,
            addition: Some(addition),
            trailers: None,
        }
    }
}

impl http_body::Body for Appended {
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
