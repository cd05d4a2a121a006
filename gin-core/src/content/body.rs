//! The octets of a request or of a response: whole, or as they come.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as Task, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;

use crate::connection::{Activity, BodyRate, RequestGuard};
use crate::content::incoming::IncomingBody;
use crate::failure::{BoxError, Problem};

/// The octets of a request or of a response.
///
/// A whole body is held as it is, without a box; a stream is polled as the client takes it.
pub struct Body {
    kind: Kind,
    /// The request that this answers, which is over once the body is sent.
    guard: Option<RequestGuard>,
}

enum Kind {
    Whole(Bytes),
    Incoming(Box<IncomingBody>),
    Stream(Stream),
    /// An error that no one has put into words yet: its shape depends on the request.
    Problem(Problem),
}

type BoxStream = Pin<Box<dyn HttpBody<Data = Bytes, Error = BoxError> + Send>>;

/// A stream of someone else's. The mutex, which no one ever waits for, makes it `Sync`: so a `&Context` may cross an await.
struct Stream(Mutex<BoxStream>);

impl Stream {
    fn exclusive(&mut self) -> Pin<&mut (dyn HttpBody<Data = Bytes, Error = BoxError> + Send)> {
        let stream = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        stream.as_mut()
    }

    fn shared(&self) -> MutexGuard<'_, BoxStream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Body {
    const fn of(kind: Kind) -> Body {
        Body { kind, guard: None }
    }

    /// Ends `guard` when the body has been sent.
    pub(crate) fn track(&mut self, guard: RequestGuard) {
        self.guard = Some(guard);
    }

    /// No octets.
    pub const fn empty() -> Body {
        Body::of(Kind::Whole(Bytes::new()))
    }

    /// A body that comes in frames.
    pub fn new(body: impl HttpBody<Data = Bytes, Error = BoxError> + Send + 'static) -> Body {
        Body::of(Kind::Stream(Stream(Mutex::new(Box::pin(body)))))
    }

    /// A request's body, which must come at `rate`.
    pub(crate) fn incoming(incoming: Incoming, rate: BodyRate, activity: Arc<Activity>) -> Body {
        let incoming = IncomingBody::new(incoming, rate, activity);
        Body::of(Kind::Incoming(Box::new(incoming)))
    }

    /// What becomes true when the body breaks on its way in.
    pub(crate) fn broken_flag(&mut self) -> Option<Arc<AtomicBool>> {
        match &mut self.kind {
            Kind::Incoming(incoming) => Some(incoming.broken_flag()),
            Kind::Whole(_) | Kind::Stream(_) | Kind::Problem(_) => None,
        }
    }

    pub(crate) fn problem(problem: Problem) -> Body {
        Body::of(Kind::Problem(problem))
    }

    /// Takes the problem that has not been rendered yet, if this is one, and leaves an empty body.
    #[inline]
    pub(crate) fn take_problem(&mut self) -> Option<Problem> {
        if !matches!(self.kind, Kind::Problem(_)) {
            return None;
        }
        match std::mem::take(self).kind {
            Kind::Problem(problem) => Some(problem),
            _ => None,
        }
    }

    /// The length in octets, if it is known.
    pub fn len(&self) -> Option<u64> {
        self.size_hint().exact()
    }

    /// Whether it is known that there are no octets.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }
}

impl Default for Body {
    fn default() -> Body {
        Body::empty()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Whole(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Kind::Incoming(_) | Kind::Stream(_) => f.write_str("Body(stream)"),
            Kind::Problem(problem) => problem.fmt(f),
        }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.kind {
            Kind::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Kind::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Kind::Incoming(incoming) => {
                let frame = ready!(incoming.poll_frame(task));
                Poll::Ready(frame.map(|frame| frame.map_err(BoxError::from)))
            }
            Kind::Stream(stream) => stream.exclusive().poll_frame(task),
            Kind::Problem(problem) => {
                let json = problem.to_json();
                self.kind = Kind::Whole(Bytes::new());
                Poll::Ready(Some(Ok(Frame::data(json))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Whole(bytes) => bytes.is_empty(),
            Kind::Incoming(incoming) => incoming.body.is_end_stream(),
            Kind::Stream(stream) => stream.shared().is_end_stream(),
            Kind::Problem(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Incoming(incoming) => incoming.body.size_hint(),
            Kind::Stream(stream) => stream.shared().size_hint(),
            Kind::Problem(_) => SizeHint::default(),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Body {
        Body::of(Kind::Whole(bytes))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Body {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Body {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Body {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Body {
        Bytes::from_static(bytes).into()
    }
}
