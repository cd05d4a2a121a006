//! Panics as responses.

use std::future::poll_fn;
use std::panic::{self, AssertUnwindSafe};
use std::task::Poll;

use crate::failure::{Panic, install_panic_hook};
use crate::future::BoxFuture;
use crate::middleware::{Middleware, Next, Provided};
use crate::request::Context;
use crate::response::{IntoResponse, Response, settle};

/// Turns a panic further in into a 500 [`Problem`](crate::Problem), so that middleware further out, such as a
/// [`Logger`](crate::middleware::Logger), sees a response.
///
/// The problem's [`Cause`](crate::failure::Cause) has the panic and its place. Without this middleware, the engine catches a panic outside
/// all middleware. With `panic = "abort"`, a panic ends the process.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// let app = Group::new("").with(Recovery::new()).get("/first", async || {
///     let items: Vec<String> = Vec::new();
///     items[0].clone()
/// });
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let response = Client::new(app).get("/first").await.is(500);
/// let cause = response.problem().and_then(Problem::cause).expect("a panic is a cause");
/// assert!(cause.error().to_string().contains("index out of bounds"));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Recovery {}

impl Recovery {
    /// Creates the middleware. It installs a panic hook that records the places of panics, and then calls the previous hook.
    #[expect(clippy::new_without_default, reason = "it sets the panic hook")]
    pub fn new() -> Recovery {
        install_panic_hook();
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

    fn provides(&self, _: &mut Provided) {}
}

/// Returns the response of `run` or, if it panics, the panic as a problem without a shape.
///
/// `run` is not polled after a panic, so its inconsistent state is not observed. Hence the `AssertUnwindSafe`.
pub(crate) fn caught(mut run: BoxFuture<'_, Response>) -> impl Future<Output = Response> + Send {
    poll_fn(move |task| {
        let poll = AssertUnwindSafe(|| run.as_mut().poll(task));
        match panic::catch_unwind(poll) {
            Ok(poll) => poll,
            Err(payload) => Poll::Ready(Panic::from(payload).into_response()),
        }
    })
}
