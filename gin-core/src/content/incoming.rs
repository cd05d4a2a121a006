//! A request's body on its way in, with its timeout and a flag for whether it broke.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context as Task, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as _, Frame};
use hyper::body::Incoming;
use tokio::time::{Instant, sleep};

use crate::connection::{Activity, BodyRate, clock};

/// A request's body that comes from a connection.
pub(crate) struct IncomingBody {
    pub(crate) body: Incoming,
    rate: BodyRate,
    activity: Arc<Activity>,
    /// The request's number in `activity`.
    request: u32,
    /// In bytes.
    received: u64,
    /// The time spent waiting for the client, up to the last frame.
    waited: Duration,
    waiting: Option<Waiting>,
    is_broken: Option<Arc<AtomicBool>>,
}

/// A wait for the next frame.
struct Waiting {
    since: Instant,
    timeout: Pin<Box<dyn Future<Output = ()> + Send + Sync>>,
}

/// The reason why a request's body is incomplete: the error of a [`Body`](crate::Body) that comes from a client.
///
/// The handlers that read the body as [`Bytes`], text, JSON or a form never see it, as the client gets a 400 or 408 then. One that
/// reads the frames of a [`Body`](crate::Body) can distinguish the cases:
///
/// ```
/// use gin::extract::BodyError;
/// use gin::failure::BoxError;
///
/// fn is_slow(error: &BoxError) -> bool {
///     matches!(error.downcast_ref(), Some(BodyError::Slow))
/// }
///
/// assert!(is_slow(&BodyError::Slow.into()));
/// assert_eq!(BodyError::Slow.to_string(), "the body came too slowly");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum BodyError {
    /// The body came too slowly; see [`Server::min_body_rate`](crate::Server::min_body_rate).
    Slow,
    /// The body was cut off or is malformed.
    Broken(hyper::Error),
}

impl IncomingBody {
    pub(crate) fn new(body: Incoming, rate: BodyRate, activity: Arc<Activity>) -> IncomingBody {
        IncomingBody {
            body,
            rate,
            request: activity.request_number(),
            activity,
            received: 0,
            waited: Duration::ZERO,
            waiting: None,
            is_broken: None,
        }
    }

    /// Returns a flag that becomes `true` when the body breaks.
    pub(crate) fn broken_flag(&mut self) -> Arc<AtomicBool> {
        self.is_broken.get_or_insert_default().clone()
    }

    pub(crate) fn poll_frame(
        &mut self,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let frame = match Pin::new(&mut self.body).poll_frame(task) {
            Poll::Ready(Some(Ok(frame))) => Ok(self.count_frame(frame)),
            Poll::Ready(Some(Err(error))) => Err(BodyError::Broken(error)),
            Poll::Ready(None) => {
                self.activity.on_request_end(self.request);
                return Poll::Ready(None);
            }
            Poll::Pending if self.has_time_left(task) => return Poll::Pending,
            Poll::Pending => Err(BodyError::Slow),
        };
        if let (Err(_), Some(is_broken)) = (&frame, &self.is_broken) {
            is_broken.store(true, Relaxed);
        }
        Poll::Ready(Some(frame))
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
        let earned =
            self.received.saturating_mul(1_000) / u64::from(self.rate.bytes_per_second.max(1));
        let timeout = self.rate.grace + Duration::from_millis(earned);
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

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BodyError::Slow => "the body came too slowly",
            BodyError::Broken(_) => "the body was cut off or is malformed",
        })
    }
}

impl std::error::Error for BodyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            BodyError::Slow => None,
            BodyError::Broken(error) => Some(error),
        }
    }
}
