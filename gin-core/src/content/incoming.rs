//! A request's body on its way in, with its timeout.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, sleep};

use crate::connection::{Activity, BodyRate, clock};
use crate::failure::BodyError;

/// A request's body as the protocol of its connection delivers it.
pub(crate) enum WireBody {
    Http1(Incoming),
    Http2(Incoming),
    #[cfg(feature = "http3")]
    Http3(Pin<Box<dyn HttpBody<Data = Bytes, Error = BodyError> + Send + Sync>>),
}

impl WireBody {
    fn poll_frame(&mut self, task: &mut Task<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self {
            WireBody::Http1(body) => poll_hyper(body, task),
            WireBody::Http2(body) => match ready!(poll_hyper(body, task)) {
                // hyper takes a reset with the code NO_ERROR for the end of the body, as RFC 9113 §8.1 has it for servers alone.
                None if !body.is_end_stream() => Poll::Ready(Some(Err(BodyError::broken(RESET)))),
                frame => Poll::Ready(frame),
            },
            #[cfg(feature = "http3")]
            WireBody::Http3(body) => body.as_mut().poll_frame(task),
        }
    }

    pub(crate) fn is_end_stream(&self) -> bool {
        match self {
            WireBody::Http1(body) | WireBody::Http2(body) => body.is_end_stream(),
            #[cfg(feature = "http3")]
            WireBody::Http3(body) => body.is_end_stream(),
        }
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        match self {
            WireBody::Http1(body) | WireBody::Http2(body) => body.size_hint(),
            #[cfg(feature = "http3")]
            WireBody::Http3(body) => body.size_hint(),
        }
    }
}

const RESET: &str = "the client has reset the stream before the end of the body";

fn poll_hyper(
    body: &mut Incoming,
    task: &mut Task<'_>,
) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
    let frame = ready!(Pin::new(body).poll_frame(task));
    Poll::Ready(frame.map(|frame| frame.map_err(BodyError::broken)))
}

/// A request's body that comes from a connection.
pub(crate) struct IncomingBody {
    pub(crate) body: WireBody,
    rate: BodyRate,
    activity: Arc<Activity>,
    /// The request's number in `activity`.
    request: u32,
    /// In bytes.
    received: u64,
    /// The time spent waiting for the client, up to the last frame.
    waited: Duration,
    waiting: Option<Waiting>,
}

/// A wait for the next frame.
struct Waiting {
    since: Instant,
    timeout: Pin<Box<dyn Future<Output = ()> + Send + Sync>>,
}

impl IncomingBody {
    pub(crate) fn new(body: WireBody, rate: BodyRate, activity: Arc<Activity>) -> IncomingBody {
        IncomingBody {
            body,
            rate,
            request: activity.request_number(),
            activity,
            received: 0,
            waited: Duration::ZERO,
            waiting: None,
        }
    }

    pub(crate) fn poll_frame(
        &mut self,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self.body.poll_frame(task) {
            Poll::Ready(Some(Ok(frame))) => Poll::Ready(Some(Ok(self.count_frame(frame)))),
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error))),
            Poll::Ready(None) => {
                self.activity.on_request_end(self.request);
                Poll::Ready(None)
            }
            Poll::Pending if self.has_time_left(task) => Poll::Pending,
            Poll::Pending => Poll::Ready(Some(Err(BodyError::Slow))),
        }
    }

    fn count_frame(&mut self, frame: Frame<Bytes>) -> Frame<Bytes> {
        self.received += frame.data_ref().map_or(0, |data| data.len() as u64);
        if let Some(waiting) = self.waiting.take() {
            self.waited += waiting.since.elapsed();
        }
        if self.body.is_end_stream() {
            self.activity.on_request_end(self.request);
        }
        frame
    }

    /// Returns `true` while there is time left for the next frame.
    ///
    /// Only the time spent waiting for the client counts, and not what the handler does between two frames.
    fn has_time_left(&mut self, task: &mut Task<'_>) -> bool {
        let rate = u64::from(self.rate.bytes_per_second);
        let Some(earned) = self.received.saturating_mul(1_000).checked_div(rate) else {
            return true;
        };
        let timeout = self
            .rate
            .grace
            .saturating_add(Duration::from_millis(earned));
        let waited = self.waited;
        let waiting = self.waiting.get_or_insert_with(|| Waiting {
            since: Instant::now(),
            timeout: Box::pin(async move {
                sleep(timeout.saturating_sub(waited)).await;
                clock::sockets_are_seen().await;
            }),
        });
        waiting.timeout.as_mut().poll(task).is_pending()
    }
}
