//! The body of a request: read at most once, kept for whoever asks again.

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

use crate::connection::{Activity, Pace};
use crate::content::{Body, BodyError};
use crate::failure::{BoxError, Problem};

/// The body of a request and how far it was read.
#[derive(Debug)]
pub(crate) enum RequestBody {
    Unread(Body),
    Whole(Bytes),
    /// Given away as a stream, which tells when it breaks.
    Taken(Option<Arc<AtomicBool>>),
    Failed(Failure),
}

impl RequestBody {
    /// A body that comes from a client, which must send it at `pace`. Most requests have none.
    pub(crate) fn incoming(
        incoming: Incoming,
        pace: Pace,
        activity: &Arc<Activity>,
    ) -> RequestBody {
        if incoming.is_end_stream() {
            activity.heard(activity.request());
            return RequestBody::Whole(Bytes::new());
        }
        RequestBody::Unread(Body::incoming(incoming, pace, activity.clone()))
    }

    /// Whether there is something to be read still.
    pub(crate) fn is_unread(&self) -> bool {
        matches!(self, RequestBody::Unread(_))
    }

    /// The whole body, unless it has more than `limit` octets.
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

    /// What the client must hear where someone read the body and it did not come whole.
    pub(crate) fn fault(&self) -> Option<Problem> {
        match self {
            RequestBody::Failed(Failure::Incomplete(problem)) => Some(problem.clone()),
            RequestBody::Taken(Some(is_broken)) if is_broken.load(Relaxed) => Some(broken()),
            _ => None,
        }
    }

    /// The body as a stream; what was read already comes again.
    pub(crate) fn take(&mut self) -> Body {
        match std::mem::replace(self, RequestBody::Taken(None)) {
            RequestBody::Unread(mut body) => {
                *self = RequestBody::Taken(body.watch());
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

/// Why a body could not be read. What it had of octets is gone.
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

    /// What became of a body that gave `error`.
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
        // The usual body comes in one frame, which need not be copied.
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
        format!("the body is larger than {limit} octets; `Group::body_limit` raises the limit");
    Failure::TooLarge(Problem::new(413).detail(detail))
}

fn broken() -> Problem {
    closing(400).detail("the body was cut off or is malformed")
}

fn slow() -> Problem {
    closing(408).detail("the body came too slowly")
}

/// What follows on the connection might be a part of the body.
fn closing(status: u16) -> Problem {
    Problem::new(status).header(CONNECTION, HeaderValue::from_static("close"))
}

fn taken() -> Problem {
    Problem::new(500).detail("the body was read as a stream already")
}
