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

/// The place of the context, and what a stand-in for it would need.
struct Place {
    context: Whereabouts,
    /// A copy of the head, once the context has the head itself again and is out of reach.
    copy: Option<Parts>,
}

/// The context is large and moves several times: so it is boxed.
enum Whereabouts {
    /// It waits with a copy of its head. The service has the head itself and, if it may have it, the body.
    Waiting(Box<Context>),
    /// The rest of the chain runs.
    Running,
    /// The rest of the chain has run, to its end or until it was dropped.
    Returned(Box<Context>),
}

impl Passage {
    /// Reads the context that waits.
    pub(super) fn peek<T>(&self, read: impl FnOnce(&Context) -> Option<T>) -> Option<T> {
        match &self.place().context {
            Whereabouts::Waiting(cx) => read(cx),
            Whereabouts::Running | Whereabouts::Returned(_) => None,
        }
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        // No change of the place can panic halfway.
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Takes the context, if it is there.
    fn take(&mut self) -> Whereabouts {
        mem::replace(&mut self.context, Whereabouts::Running)
    }
}

/// The absence of a context, which is in a passage. Dropping it brings the context back, also when the service was dropped.
pub(super) struct Absence<'a> {
    /// A stand-in, empty until the context turns out to stay away.
    cx: &'a mut Context,
    /// `None` once the context is back.
    passage: Option<Arc<Passage>>,
}

impl<'a> Absence<'a> {
    /// Sends the request on its passage.
    pub(super) fn begin(cx: &'a mut Context, next: Option<Next<'_>>) -> (Request<Body>, Self) {
        let limit = cx.scope().body_limit();
        let (connection, site) = (cx.connection().clone(), cx.site().clone());
        let mut absent = Box::new(stand_in(&connection, &site));
        mem::swap(cx, &mut absent);
        let (head, body) = absent.message_mut();
        let lent = body.lend(limit);
        let is_body_lent = lent.is_some();
        let copy = copy_of(head);
        let mut request = Request::from_parts(mem::replace(head, copy), lent.unwrap_or_default());
        let passage = Arc::new(Passage {
            site,
            connection,
            next: next.map(Next::detach),
            is_body_lent,
            place: Mutex::new(Place {
                context: Whereabouts::Waiting(absent),
                copy: None,
            }),
        });
        request.extensions_mut().insert(Matched(passage.clone()));
        let passage = Some(passage);
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

    /// Brings the context back, unless it still runs in another task. Then the stand-in stays, with the copy of the head.
    fn bring_back(&mut self) {
        let Some(passage) = self.passage.take() else {
            return;
        };
        let mut place = passage.place();
        match place.take() {
            Whereabouts::Waiting(mut back) | Whereabouts::Returned(mut back) => {
                mem::swap(self.cx, &mut back);
            }
            Whereabouts::Running => {
                if let Some(copy) = place.copy.take() {
                    *self.cx.message_mut().0 = copy;
                }
            }
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
        let mut place = passage.place();
        let mut cx = match place.take() {
            Whereabouts::Waiting(cx) | Whereabouts::Returned(cx) => cx,
            Whereabouts::Running => return Err(Misuse::Concurrent),
        };
        let (own_head, own_body) = cx.message_mut();
        if head.uri.path() != own_head.uri.path() {
            // The request is routed: its params are parts of this path.
            head.uri = own_head.uri.clone();
        }
        let copy = mem::replace(own_head, head);
        // That of the first call stays: what a retry finds is what the chain has made of the head.
        if place.copy.is_none() {
            place.copy = Some(copy);
        }
        drop(place);
        if passage.is_body_lent {
            *own_body = body.into();
        }
        Ok(Errand {
            passage,
            cx: Some(cx),
        })
    }

    /// Returns the rest of the chain and the context that it runs with. The context returns when the errand is dropped.
    pub(super) fn parts(&mut self) -> Option<(Next<'_>, &mut Context)> {
        let next = self.passage.next.as_ref()?;
        Some((next.attach(), self.cx.as_mut()?))
    }
}

impl Drop for Errand {
    fn drop(&mut self) {
        if let Some(cx) = self.cx.take() {
            self.passage.place().context = Whereabouts::Returned(cx);
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

/// Returns a context without a message.
fn stand_in(connection: &Arc<Connection>, site: &Arc<Site>) -> Context {
    let (head, ()) = Request::new(()).into_parts();
    let body = RequestBody::from(Body::empty());
    Context::new(head, body, connection.clone(), site.clone())
}

/// Returns a copy of the request line and the headers.
fn copy_of(head: &Parts) -> Parts {
    let (mut copy, ()) = Request::new(()).into_parts();
    copy.method.clone_from(&head.method);
    copy.uri.clone_from(&head.uri);
    copy.version = head.version;
    copy.headers.clone_from(&head.headers);
    copy
}
