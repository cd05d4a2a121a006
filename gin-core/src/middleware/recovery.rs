//! A panic becomes a response.

use std::future::poll_fn;
use std::panic::{self, AssertUnwindSafe};
use std::task::Poll;

use crate::failure::{Panic, remember_places};
use crate::future::BoxFuture;
use crate::middleware::{Middleware, Next};
use crate::request::Context;
use crate::response::{IntoResponse, Response, settle};

/// Turns a panic further in into a 500 in the error shape, so that what is further out, the log for one, goes on.
///
/// The panic and where it happened are the problem's [`Cause`](crate::failure::Cause). Without this middleware a panic still costs only
/// its own request: the engine catches it outside all middleware. With `panic = "abort"` neither can.
#[derive(Debug)]
#[non_exhaustive]
pub struct Recovery {}

impl Recovery {
    /// Recovery, which from now on remembers where panics happen.
    #[expect(clippy::new_without_default, reason = "it sets the panic hook")]
    pub fn new() -> Recovery {
        remember_places();
        Recovery {}
    }
}

impl Middleware for Recovery {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            let mut response = caught(next.run(cx)).await;
            settle(cx, &mut response);
            response
        })
    }
}

/// Gives the response of `run` or, should it panic, that of the panic, which no one has put into words yet.
///
/// Nothing of `run` is used after its panic, so that it was left in the middle harms no one.
pub(crate) fn caught(mut run: BoxFuture<'_, Response>) -> impl Future<Output = Response> + Send {
    poll_fn(move |task| {
        let poll = AssertUnwindSafe(|| run.as_mut().poll(task));
        match panic::catch_unwind(poll) {
            Ok(poll) => poll,
            Err(payload) => Poll::Ready(Panic::from(payload).into_response()),
        }
    })
}
