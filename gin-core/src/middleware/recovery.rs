//! A panic becomes a response.

use crate::failure::{caught, remember_places};
use crate::future::BoxFuture;
use crate::middleware::{Middleware, Next};
use crate::request::Context;
use crate::response::{Response, settle};

/// Turns a panic further in into a 500 in the error shape, so that what is further out, the log for one, goes on.
///
/// The panic and where it happened are the problem's [`Cause`](crate::Cause). Without this middleware a panic still costs only
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
