//! The passage of a request through a service of tower, whose futures borrow nothing, while its context waits.

use std::mem;
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::request::Parts;
use http::{Request, StatusCode};

use crate::connection::Connection;
use crate::content::Body;
use crate::failure::Problem;
use crate::middleware::{DetachedNext, Next};
use crate::request::{Context, RequestBody, Site};
use crate::response::{IntoResponse, Response, respond, settle};
use crate::tower::call::Failure;
use crate::tower::matched::Matched;

/// The passage of one request through one service.
pub(super) struct Passage {
    pub(super) site: Arc<Site>,
    pub(super) connection: Arc<Connection>,
    /// The rest of the chain, if the service is that of a layer.
    next: Option<DetachedNext>,
    /// The body travels with the request.
    is_body_lent: bool,
    place: Mutex<Place>,
}

/// The place of the context, which is large and moves several times: so it is boxed.
enum Place {
    /// It waits. The service has the headers and, if it may have it, the body.
    Waiting(Box<Context>),
    /// The rest of the chain runs.
    Running,
    /// The rest of the chain has run, to its end or until it was dropped.
    Returned(Box<Context>),
}

impl Passage {
    /// Reads the context that waits.
    pub(super) fn peek<T>(&self, read: impl FnOnce(&Context) -> Option<T>) -> Option<T> {
        match &*self.place() {
            Place::Waiting(cx) => read(cx),
            Place::Running | Place::Returned(_) => None,
        }
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        // Each change of the place is one assignment.
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The absence of a context, which is in a passage. Dropping it brings the context back, also when the service was dropped.
pub(super) struct Absence<'a> {
    /// A stand-in with the head of the request.
    cx: &'a mut Context,
    passage: Arc<Passage>,
}

impl<'a> Absence<'a> {
    /// Sends the request on its passage.
    pub(super) fn begin(cx: &'a mut Context, next: Option<Next<'_>>) -> (Request<Body>, Self) {
        let limit = cx.scope().body_limit();
        let (connection, site) = (cx.connection().clone(), cx.site().clone());
        let mut copy = line_of(cx.head());
        copy.headers.clone_from(cx.headers());
        let stand_in = context(copy, &connection, &site);
        let mut absent = Box::new(mem::replace(cx, stand_in));
        let (head, body) = absent.message_mut();
        let lent = body.lend(limit);
        let is_body_lent = lent.is_some();
        let line = line_of(head);
        let mut request = Request::from_parts(mem::replace(head, line), lent.unwrap_or_default());
        let passage = Arc::new(Passage {
            site,
            connection,
            next: next.map(Next::detach),
            is_body_lent,
            place: Mutex::new(Place::Waiting(absent)),
        });
        request.extensions_mut().insert(Matched(passage.clone()));
        (request, Absence { cx, passage })
    }

    /// Returns the response to the request. `place` is the line that has added the service.
    pub(super) fn end(
        mut self,
        response: Result<Response, Failure>,
        place: &'static Location<'static>,
    ) -> Response {
        self.bring_back();
        match response {
            Ok(mut response) => {
                settle(self.cx, &mut response);
                response
            }
            Err(failure) => respond(self.cx, failure.problem(place)),
        }
    }

    /// Brings the context back, unless it still runs in another task. Then the stand-in stays.
    fn bring_back(&mut self) {
        let place = mem::replace(&mut *self.passage.place(), Place::Running);
        match place {
            Place::Waiting(mut back) => {
                mem::swap(back.headers_mut(), self.cx.headers_mut());
                *self.cx = *back;
            }
            Place::Returned(back) => *self.cx = *back,
            Place::Running => {}
        }
    }
}

impl Drop for Absence<'_> {
    fn drop(&mut self) {
        self.bring_back();
    }
}

/// The rest of the chain, which runs inside the service of a layer.
pub(super) struct Errand {
    passage: Arc<Passage>,
    /// It is there until the errand is dropped.
    cx: Option<Box<Context>>,
}

impl Errand {
    /// Takes the context of `request`. Fails if it is not a request that a layer has got, or runs already.
    pub(super) fn begin(request: Request<Body>) -> Result<Errand, Misuse> {
        let (mut head, body) = request.into_parts();
        // It has the context: the context must not have it.
        let Matched(passage) = head.extensions.remove().ok_or(Misuse::OtherRequest)?;
        if passage.next.is_none() {
            return Err(Misuse::OtherRequest);
        }
        let place = mem::replace(&mut *passage.place(), Place::Running);
        let mut cx = match place {
            Place::Waiting(cx) | Place::Returned(cx) => cx,
            Place::Running => return Err(Misuse::Concurrent),
        };
        let (own_head, own_body) = cx.message_mut();
        if head.uri.path() != own_head.uri.path() {
            // The request is routed: its params are parts of this path.
            head.uri = own_head.uri.clone();
        }
        *own_head = head;
        if passage.is_body_lent {
            *own_body = body.into();
        }
        Ok(Errand {
            passage,
            cx: Some(cx),
        })
    }

    /// Runs the rest of the chain. The context returns when this ends or is dropped.
    pub(super) async fn run(mut self) -> Response {
        let passage = self.passage.clone();
        let (Some(next), Some(cx)) = (&passage.next, &mut self.cx) else {
            return Misuse::OtherRequest.into_response();
        };
        let mut response = next.attach().run(cx).await;
        settle(cx, &mut response);
        response
    }
}

impl Drop for Errand {
    fn drop(&mut self) {
        if let Some(cx) = self.cx.take() {
            *self.passage.place() = Place::Returned(cx);
        }
    }
}

/// A mistake of a layer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Misuse {
    /// It has called the inner service with a request of its own making.
    OtherRequest,
    /// It has called the inner service while an earlier call was running.
    Concurrent,
}

impl IntoResponse for Misuse {
    fn into_response(self) -> Response {
        let cause = match self {
            Misuse::OtherRequest => {
                "a tower layer has called the inner service with a request that lacks the extensions of the one it got; it must keep them"
            }
            Misuse::Concurrent => {
                "a tower layer has called the inner service twice at the same time; a request has one context, so calls must follow one another"
            }
        };
        let problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR);
        problem.because(cause).into_response()
    }
}

fn context(head: Parts, connection: &Arc<Connection>, site: &Arc<Site>) -> Context {
    let body = RequestBody::from(Body::empty());
    Context::new(head, body, connection.clone(), site.clone())
}

/// Returns a copy of the request line.
fn line_of(head: &Parts) -> Parts {
    let (mut line, ()) = Request::new(()).into_parts();
    line.method.clone_from(&head.method);
    line.uri.clone_from(&head.uri);
    line.version = head.version;
    line
}
