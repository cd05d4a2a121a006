//! The body of a request, which is read at most once and kept for later readers.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use bytes::{Bytes, BytesMut};
use http::header::{CONNECTION, CONTENT_LENGTH};
use http::{HeaderMap, HeaderValue};
use http_body::Body as _;
use hyper::body::Incoming;

use crate::connection::{Activity, BodyRate};
use crate::content::{Body, BodyError};
use crate::failure::{BoxError, Problem};

/// The body of a request and how far it was read.
#[derive(Debug)]
pub(crate) enum RequestBody {
    Unread(Body),
    Whole(Bytes),
    /// Taken as a stream. The flag becomes `true` when the stream breaks.
    Taken(Option<Arc<AtomicBool>>),
    Failed(Failure),
}

impl RequestBody {
    /// Returns the body of a client's request, which must come at `rate`. Most requests have none.
    pub(crate) fn incoming(
        incoming: Incoming,
        rate: BodyRate,
        activity: &Arc<Activity>,
    ) -> RequestBody {
        if incoming.is_end_stream() {
            activity.on_request_end(activity.request_number());
            return RequestBody::Whole(Bytes::new());
        }
        RequestBody::Unread(Body::incoming(incoming, rate, activity.clone()))
    }

    pub(crate) fn is_unread(&self) -> bool {
        matches!(self, RequestBody::Unread(_))
    }

    /// Returns the body, if it was read.
    #[cfg(feature = "validation")]
    pub(crate) fn whole(&self) -> Option<&Bytes> {
        match self {
            RequestBody::Whole(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Reads the whole body, unless it has more than `limit` bytes.
    pub(crate) async fn read(
        &mut self,
        headers: &HeaderMap,
        limit: usize,
    ) -> Result<Bytes, Problem> {
        if let RequestBody::Unread(body) = self {
            *self = match collect(body, headers, limit).await {
                Ok(bytes) => RequestBody::Whole(bytes),
                Err(failure) => RequestBody::Failed(failure),
            };
        }
        match self {
            RequestBody::Whole(bytes) => Ok(bytes.clone()),
            RequestBody::Failed(failure) => Err(failure.problem().clone()),
            RequestBody::Taken(_) | RequestBody::Unread(_) => Err(taken()),
        }
    }

    /// Returns the response for a body that was read and did not come whole. It replaces the handler's response.
    pub(crate) fn problem(&self) -> Option<Problem> {
        match self {
            RequestBody::Failed(Failure::Incomplete(problem)) => Some(problem.clone()),
            RequestBody::Taken(Some(is_broken)) if is_broken.load(Relaxed) => Some(broken()),
            _ => None,
        }
    }

    /// Takes the body as a stream. A body that was read before is sent again.
    pub(crate) fn take(&mut self) -> Body {
        match std::mem::replace(self, RequestBody::Taken(None)) {
            RequestBody::Unread(mut body) => {
                *self = RequestBody::Taken(body.broken_flag());
                body
            }
            RequestBody::Whole(bytes) => bytes.into(),
            failed @ RequestBody::Failed(_) => {
                *self = failed;
                Body::empty()
            }
            RequestBody::Taken(_) => Body::empty(),
        }
    }
}

/// The reason why a body could not be read. The bytes that had come are gone.
#[derive(Debug)]
pub(crate) enum Failure {
    TooLarge(Problem),
    Incomplete(Problem),
}

impl Failure {
    fn problem(&self) -> &Problem {
        let (Failure::TooLarge(problem) | Failure::Incomplete(problem)) = self;
        problem
    }

    fn of(error: &BoxError) -> Failure {
        Failure::Incomplete(match error.downcast_ref() {
            Some(BodyError::Slow) => slow(),
            _ => broken(),
        })
    }
}

impl From<Body> for RequestBody {
    fn from(body: Body) -> RequestBody {
        if body.is_end_stream() {
            RequestBody::Whole(Bytes::new())
        } else {
            RequestBody::Unread(body)
        }
    }
}

async fn collect(body: &mut Body, headers: &HeaderMap, limit: usize) -> Result<Bytes, Failure> {
    let declared = declared_length(headers);
    if declared.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    let mut whole = BytesMut::new();
    while let Some(frame) = poll_fn(|task| Pin::new(&mut *body).poll_frame(task)).await {
        let frame = frame.map_err(|error| Failure::of(&error))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if whole.len() + data.len() > limit {
            return Err(too_large(limit));
        }
        // Most bodies come in one frame, which is not copied.
        if whole.is_empty() && body.is_end_stream() {
            return Ok(data);
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(limit: usize) -> Failure {
    let detail =
        format!("the body is larger than {limit} bytes; `Group::body_limit` raises the limit");
    Failure::TooLarge(Problem::new(413).detail(detail))
}

fn broken() -> Problem {
    closing(400).detail("the body was cut off or is malformed")
}

fn slow() -> Problem {
    closing(408).detail("the body came too slowly")
}

/// A response that closes the connection, as the next bytes on it may be a part of the body.
fn closing(status: u16) -> Problem {
    Problem::new(status).header(CONNECTION, HeaderValue::from_static("close"))
}

fn taken() -> Problem {
    Problem::new(500).detail("the body was read as a stream already")
}
