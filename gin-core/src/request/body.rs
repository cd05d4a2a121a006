//! The body of a request, which is read at most once and kept for later readers.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use gin_router::Pattern;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body::Body as _;

use crate::connection::{Activity, BodyRate};
use crate::content::{Body, Limited, Outcome, WireBody};
use crate::failure::{BodyError, Error, Problem};
use crate::request::scope::Site;

/// The body of a request and how far it was read.
#[derive(Debug)]
pub(crate) enum RequestBody {
    Unread(Body),
    Whole(Bytes),
    /// Taken as a stream. The outcome is set when the stream breaks.
    Taken(Outcome),
    Failed(Failure),
}

impl RequestBody {
    /// Returns the body of a client's request, which must come at `rate`. Most requests have none.
    #[inline]
    pub(crate) fn incoming(
        incoming: WireBody,
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

    /// Returns the length in bytes, if it is known before the body is read.
    pub(crate) fn length(&self) -> Option<u64> {
        match self {
            RequestBody::Unread(body) => body.size_hint().exact(),
            RequestBody::Whole(bytes) => Some(bytes.len() as u64),
            RequestBody::Taken(_) | RequestBody::Failed(_) => None,
        }
    }

    /// Returns the body, if it was read.
    #[cfg(any(feature = "validation", debug_assertions))]
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
    ) -> Result<Bytes, Unread> {
        if let RequestBody::Unread(body) = self {
            *self = match collect(body, headers, limit).await {
                Ok(bytes) => RequestBody::Whole(bytes),
                Err(failure) => RequestBody::Failed(failure),
            };
        }
        match self {
            RequestBody::Whole(bytes) => Ok(bytes.clone()),
            RequestBody::Failed(failure) => Err(Unread::Failed(failure.problem().clone())),
            RequestBody::Taken(_) | RequestBody::Unread(_) => Err(Unread::Taken),
        }
    }

    /// Returns the response for a body that was read and did not come whole. It replaces the handler's response.
    #[inline]
    pub(crate) fn problem(&self) -> Option<Problem> {
        match self {
            RequestBody::Failed(Failure::Incomplete(problem)) => Some(problem.clone()),
            RequestBody::Taken(outcome) => outcome.get().cloned(),
            _ => None,
        }
    }

    /// Takes the body as a stream of at most `limit` bytes. A body that was read before is sent again.
    pub(crate) fn take(&mut self, limit: usize) -> Body {
        match std::mem::replace(self, RequestBody::Taken(Outcome::default())) {
            RequestBody::Unread(body) => {
                let outcome = Outcome::default();
                *self = RequestBody::Taken(outcome.clone());
                Body::limited(Limited::new(body, limit as u64, outcome))
            }
            RequestBody::Whole(bytes) => bytes.into(),
            failed @ RequestBody::Failed(_) => {
                *self = failed;
                Body::empty()
            }
            RequestBody::Taken(_) => Body::empty(),
        }
    }

    /// Replaces a body that was not read yet.
    #[cfg(feature = "compression")]
    pub(crate) fn map(&mut self, map: impl FnOnce(Body) -> Body) {
        if let RequestBody::Unread(body) = self {
            *body = map(std::mem::take(body));
        }
    }

    /// Returns `true` if the body may still be read: a handler has taken it as a stream, which was not dropped.
    pub(crate) fn is_in_use(&self) -> bool {
        match self {
            RequestBody::Taken(outcome) => Arc::strong_count(outcome) > 1,
            _ => false,
        }
    }

    /// Reads and drops what has come of a body that nothing has read. Returns `true` if that is the rest of it.
    ///
    /// It does not wait for the client: the connection's task gets a few turns to read its socket.
    pub(crate) async fn discard(&mut self) -> bool {
        const LIMIT: u64 = 256 << 10;
        const TURNS: u32 = 4;
        let RequestBody::Unread(body) = self else {
            return false;
        };
        if body.size_hint().lower() > LIMIT {
            return false;
        }
        let (mut discarded, mut turns) = (0, 0);
        poll_fn(|task| {
            while discarded <= LIMIT {
                match Pin::new(&mut *body).poll_frame(task) {
                    Poll::Ready(Some(Ok(frame))) => {
                        discarded += frame.data_ref().map_or(0, |data| data.len() as u64);
                    }
                    Poll::Ready(end) => return Poll::Ready(end.is_none()),
                    Poll::Pending if turns == TURNS => return Poll::Ready(false),
                    Poll::Pending => {
                        turns += 1;
                        task.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                }
            }
            Poll::Ready(false)
        })
        .await
    }

    /// Lends the body to a service of tower around the rest of the chain. Returns `None` if there is nothing left of it.
    #[cfg(feature = "tower")]
    pub(crate) fn lend(&mut self, limit: usize) -> Option<Body> {
        match self {
            RequestBody::Whole(bytes) => Some(bytes.clone().into()),
            RequestBody::Unread(_) => Some(self.take(limit)),
            RequestBody::Taken(_) | RequestBody::Failed(_) => None,
        }
    }

    /// Takes the body as a stream, unless it is known to have more than `limit` bytes.
    pub(crate) fn open(&mut self, limit: usize) -> Result<Body, Unread> {
        match self {
            RequestBody::Unread(body) if body.size_hint().lower() > limit as u64 => {
                let failure = too_large(limit);
                let problem = failure.problem().clone();
                *self = RequestBody::Failed(failure);
                Err(Unread::Failed(problem))
            }
            RequestBody::Failed(failure) => Err(Unread::Failed(failure.problem().clone())),
            RequestBody::Taken(_) => Err(Unread::Taken),
            RequestBody::Unread(_) | RequestBody::Whole(_) => Ok(self.take(limit)),
        }
    }
}

/// The reason why a reader gets no body.
#[derive(Debug)]
pub(crate) enum Unread {
    /// The client sent one that cannot be read.
    Failed(Problem),
    /// An earlier reader has taken it as a stream.
    Taken,
}

impl Unread {
    /// Returns the problem of the request. A mistake of the app, which the log shows, is 500.
    pub(crate) fn problem(self, site: &Site) -> Problem {
        match self {
            Unread::Failed(problem) => problem,
            Unread::Taken => Problem::new(500).because(taken_in(site)),
        }
    }
}

fn taken_in(site: &Site) -> String {
    let handler = site.handler.unwrap_or("a fallback or middleware");
    let pattern = site.pattern.as_ref().map_or("no route", Pattern::as_str);
    format!(
        "the body was taken as a stream before it is read again in {handler} ({pattern}): take it once, or read it as `Bytes`, text, JSON or a form each time, which keep it"
    )
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

    fn of(error: BodyError) -> Failure {
        let problem = error.problem();
        match (error, problem) {
            (BodyError::TooLarge { .. }, Some(problem)) => Failure::TooLarge(problem),
            (_, Some(problem)) => Failure::Incomplete(problem),
            (error, None) => Failure::Incomplete(Problem::from(Error::from(error))),
        }
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
    body.read_whole(limit).await.map_err(Failure::of)
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(limit: usize) -> Failure {
    Failure::of(BodyError::TooLarge {
        limit: limit as u64,
    })
}
