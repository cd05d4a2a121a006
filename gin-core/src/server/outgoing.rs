//! A response's body on its way out over HTTP/2, where each client says how much it takes.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::connection::Activity;
use crate::content::Body;
use crate::failure::BoxError;

/// In octets: more is not given away at once, so that a body is at its end only when the client has taken nearly all of it.
const CHUNK_SIZE: usize = 16 << 10;

/// A response's body, in pieces of which the client takes one after the other.
///
/// hyper asks for the next piece once the client's window had room for the last one.
pub(crate) struct OutgoingBody {
    body: Body,
    /// What the body has given and hyper has not.
    rest: Bytes,
    activity: Arc<Activity>,
    /// hyper has a piece that the client may not have taken.
    is_offering: bool,
}

impl OutgoingBody {
    pub(crate) fn new(body: Body, activity: Arc<Activity>) -> OutgoingBody {
        OutgoingBody {
            body,
            rest: Bytes::new(),
            activity,
            is_offering: false,
        }
    }

    /// The beginning of `data`; the rest waits.
    fn offer(&mut self, mut data: Bytes) -> Bytes {
        self.rest = data.split_off(data.len().min(CHUNK_SIZE));
        self.is_offering = true;
        self.activity.on_offer();
        data
    }

    fn end_offer(&mut self) {
        if std::mem::take(&mut self.is_offering) {
            self.activity.on_taken();
        }
    }
}

impl HttpBody for OutgoingBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.end_offer();
        if !self.rest.is_empty() {
            let rest = std::mem::take(&mut self.rest);
            return Poll::Ready(Some(Ok(Frame::data(self.offer(rest)))));
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(task));
        Poll::Ready(frame.map(|frame| frame.map(|frame| frame.map_data(|data| self.offer(data)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self.rest.len() as u64;
        let body = self.body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(body.lower() + rest);
        if let Some(upper) = body.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}

impl Drop for OutgoingBody {
    fn drop(&mut self) {
        self.end_offer();
    }
}
