//! The body of a request or of a response: whole, or as it comes.

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as Task, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tracing::error;

use crate::connection::{Activity, BodyRate, RequestGuard};
use crate::content::incoming::{IncomingBody, WireBody};
use crate::content::limited::Limited;
use crate::failure::{BodyError, BoxError, Problem, chain};

/// The body of a request or of a response.
///
/// It is made from text or bytes, which are sent as they are, from any [`http_body::Body`], or by [`Body::from_writer`]. A body
/// that comes in frames is polled only as fast as the client takes them. As an argument of a handler, it is the request's body,
/// unread.
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// async fn echo(body: Body) -> Body {
///     body
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// assert_eq!(Body::from("hello").len(), Some(5));
/// assert!(Body::empty().is_empty());
///
/// let client = Client::new(Group::new("").post("/echo", echo));
/// client.post("/echo").body("hello").await.is(200).has_text("hello");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Body {
    kind: Kind,
    /// The request that this body is the response to. It ends when the body has been sent.
    guard: Option<RequestGuard>,
}

enum Kind {
    Whole(Bytes),
    Incoming(Box<IncomingBody>),
    /// A request's body that a handler has taken as a stream.
    Limited(Box<Limited>),
    Stream(Stream),
    /// A problem that is not rendered yet, as its format depends on the request.
    Problem(Problem),
    /// A response that is not made yet, as it depends on the request. Its type is that of the module that makes it.
    Deferred(Box<dyn Any + Send + Sync>),
}

type BoxStream = Pin<Box<dyn HttpBody<Data = Bytes, Error = BoxError> + Send>>;

/// A stream of the app's. The mutex is never contended. It makes the stream `Sync`, so that a `&Context` may be held across an
/// await.
struct Stream {
    source: Mutex<BoxStream>,
    /// The request that it responds to, once it is a response.
    request: Option<Box<str>>,
}

impl Stream {
    fn exclusive(&mut self) -> Pin<&mut (dyn HttpBody<Data = Bytes, Error = BoxError> + Send)> {
        let stream = self
            .source
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        stream.as_mut()
    }

    fn shared(&self) -> MutexGuard<'_, BoxStream> {
        self.source.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poll_frame(&mut self, task: &mut Task<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(self.exclusive().poll_frame(task));
        if let Some(Err(error)) = &frame {
            self.report(error);
        }
        Poll::Ready(frame)
    }

    /// Logs the error that aborts a response, unless the client has caused it.
    fn report(&self, error: &BoxError) {
        let is_of_client = || BodyError::within(&**error).and_then(BodyError::problem);
        if let Some(request) = &self.request
            && is_of_client().is_none()
        {
            error!(
                "the body of the response to {request} was cut off: {}",
                chain(&**error)
            );
        }
    }
}

impl Body {
    const fn of(kind: Kind) -> Body {
        Body { kind, guard: None }
    }

    /// Drops `guard` when the body has been sent.
    #[inline]
    pub(crate) fn track(&mut self, guard: RequestGuard) {
        self.guard = Some(guard);
    }

    /// Names the request that this is the response to, for the log. Only a stream can fail.
    #[inline]
    pub(crate) fn respond_to(&mut self, request: impl FnOnce() -> String) {
        if let Kind::Stream(stream) = &mut self.kind {
            stream.request = Some(request().into());
        }
    }

    /// Returns an empty body.
    pub const fn empty() -> Body {
        Body::of(Kind::Whole(Bytes::new()))
    }

    /// Returns a body that comes in frames: data, and trailers at the end.
    ///
    /// ```
    /// use gin::{prelude::*, testing::Client};
    /// use http_body_util::{BodyExt, Full};
    ///
    /// async fn hello() -> Body {
    ///     let body = Full::new(Bytes::from("hello"));
    ///     Body::new(body.map_err(|never| match never {}))
    /// }
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").get("/", hello));
    /// client.get("/").await.is(200).has_text("hello");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new(body: impl HttpBody<Data = Bytes, Error = BoxError> + Send + 'static) -> Body {
        Body::of(Kind::Stream(Stream {
            source: Mutex::new(Box::pin(body)),
            request: None,
        }))
    }

    /// Returns a request's body, which must come at `rate`.
    pub(crate) fn incoming(incoming: WireBody, rate: BodyRate, activity: Arc<Activity>) -> Body {
        let incoming = IncomingBody::new(incoming, rate, activity);
        Body::of(Kind::Incoming(Box::new(incoming)))
    }

    pub(crate) fn limited(body: Limited) -> Body {
        Body::of(Kind::Limited(Box::new(body)))
    }

    pub(crate) fn problem(problem: Problem) -> Body {
        Body::of(Kind::Problem(problem))
    }

    /// Returns `true` unless this stands for a response that depends on the request.
    #[inline]
    pub(crate) fn is_made(&self) -> bool {
        !matches!(self.kind, Kind::Problem(_) | Kind::Deferred(_))
    }

    /// Takes the problem that has not been rendered yet, if this is one, and leaves an empty body.
    pub(crate) fn take_problem(&mut self) -> Option<Problem> {
        if !matches!(self.kind, Kind::Problem(_)) {
            return None;
        }
        match std::mem::take(self).kind {
            Kind::Problem(problem) => Some(problem),
            _ => None,
        }
    }

    /// Returns an empty body that carries a response which is not made yet.
    pub(crate) fn deferred(response: Box<dyn Any + Send + Sync>) -> Body {
        Body::of(Kind::Deferred(response))
    }

    /// Takes the response that is not made yet, if this carries one, and leaves an empty body.
    pub(crate) fn take_deferred(&mut self) -> Option<Box<dyn Any + Send + Sync>> {
        if !matches!(self.kind, Kind::Deferred(_)) {
            return None;
        }
        match std::mem::take(self).kind {
            Kind::Deferred(response) => Some(response),
            _ => None,
        }
    }

    /// Returns the bytes of a body that is whole.
    pub(crate) fn whole(&self) -> Option<&Bytes> {
        match &self.kind {
            Kind::Whole(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Returns the length in bytes, if it is known.
    pub fn len(&self) -> Option<u64> {
        self.size_hint().exact()
    }

    /// Returns `true` if the body is known to be empty.
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
            Kind::Incoming(_) | Kind::Limited(_) | Kind::Stream(_) => f.write_str("Body(stream)"),
            Kind::Problem(problem) => problem.fmt(f),
            Kind::Deferred(_) => f.write_str("Body(deferred)"),
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
            Kind::Deferred(_) => Poll::Ready(None),
            Kind::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Kind::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Kind::Incoming(incoming) => {
                let frame = ready!(incoming.poll_frame(task));
                Poll::Ready(frame.map(|frame| frame.map_err(BoxError::from)))
            }
            Kind::Limited(limited) => limited.poll_frame(task),
            Kind::Stream(stream) => stream.poll_frame(task),
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
            Kind::Limited(limited) => limited.body.is_end_stream(),
            Kind::Stream(stream) => stream.shared().is_end_stream(),
            Kind::Problem(_) => false,
            Kind::Deferred(_) => true,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Incoming(incoming) => incoming.body.size_hint(),
            Kind::Limited(limited) => limited.body.size_hint(),
            Kind::Stream(stream) => stream.shared().size_hint(),
            Kind::Problem(_) => SizeHint::default(),
            Kind::Deferred(_) => SizeHint::with_exact(0),
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
