//! A response's body whose size is known once it has been sent.

use std::pin::Pin;
use std::task::{Context as Task, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use prometheus_client::metrics::histogram::Histogram;

use crate::content::Body;
use crate::failure::BoxError;
use crate::operations::metrics::middleware::in_bytes;

/// A body that comes in frames. Dropping it adds the bytes that have come to the sizes.
pub(super) struct Measured {
    body: Body,
    size: u64,
    sizes: Histogram,
}

impl Measured {
    pub(super) fn new(body: Body, sizes: Histogram) -> Measured {
        let size = 0;
        Measured { body, size, sizes }
    }
}

impl HttpBody for Measured {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(task));
        if let Some(Ok(frame)) = &frame
            && let Some(data) = frame.data_ref()
        {
            self.size += data.len() as u64;
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

impl Drop for Measured {
    fn drop(&mut self) {
        self.sizes.observe(in_bytes(self.size));
    }
}
