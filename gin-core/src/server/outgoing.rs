//! A response's body on its way out over HTTP/2, in chunks that show how fast the client takes them.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::connection::{Activity, Http2Stream};
use crate::content::Body;
use crate::failure::BoxError;

/// In bytes. hyper gets no more at once, so that it has the end of a body only when the client has taken nearly all of it.
const CHUNK_SIZE: usize = 16 << 10;

/// A response's body in chunks.
///
/// hyper polls for the next chunk once the client's flow-control window had room for the last one. So the time between two polls
/// is the time that the client takes for a chunk.
pub(crate) struct OutgoingBody {
    body: Body,
    /// The part of the body's last frame that hyper has not got yet.
    rest: Bytes,
    activity: Arc<Activity>,
    /// `None` outside a task of the server.
    stream: Option<Arc<Http2Stream>>,
    /// hyper has a chunk that the client may not have taken.
    is_offering: bool,
}

impl OutgoingBody {
    pub(crate) fn new(body: Body, activity: Arc<Activity>) -> OutgoingBody {
        let stream = Http2Stream::current();
        if let Some(stream) = &stream {
            stream.release_request();
            stream.hold_response(waiting(&body));
        }
        OutgoingBody {
            body,
            rest: Bytes::new(),
            activity,
            stream,
            is_offering: false,
        }
    }

    /// Returns the first chunk of `data` and keeps the rest.
    fn offer(&mut self, mut data: Bytes) -> Bytes {
        self.rest = data.split_off(data.len().min(CHUNK_SIZE));
        self.is_offering = true;
        let deadline = self.activity.write_deadline();
        self.activity.on_offer(deadline);
        if let Some(stream) = &self.stream {
            stream.offer(deadline, self.rest.len());
        }
        data
    }

    fn end_offer(&mut self) {
        if std::mem::take(&mut self.is_offering) {
            self.activity.on_taken();
            if let Some(stream) = &self.stream {
                stream.end_offer();
            }
        }
    }
}

/// Returns the bytes of a whole body that wait for hyper to get them. It gets a small body at once.
pub(crate) fn waiting(body: &Body) -> usize {
    body.whole()
        .map_or(0, |bytes| bytes.len().saturating_sub(CHUNK_SIZE))
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
