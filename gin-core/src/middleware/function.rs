//! What can stand in a chain: a type that implements [`Middleware`], or an async function of a context and of [`Next`].

use std::sync::Arc;

use crate::future::BoxFuture;
use crate::handlers::Itself;
use crate::middleware::chain::{Middleware, Next};
use crate::request::Context;
use crate::response::{IntoResponse, Response, settle};

/// What [`Group::with`](crate::Group::with) takes. `Kind` is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a middleware",
    label = "not a middleware",
    note = "a middleware is an `async fn(cx: &mut Context, next: Next<'_>)`, with these two arguments in this order, that returns something that implements `IntoResponse`",
    note = "what it holds across an `.await` is `Send`, which an `Rc` or the guard of a `std::sync::Mutex` is not; one that has values of its own is a type that implements `Middleware`"
)]
pub trait IntoMiddleware<Kind> {
    /// Erases the type.
    fn into_middleware(self) -> Arc<dyn Middleware>;
}

impl<M: Middleware> IntoMiddleware<Itself> for M {
    fn into_middleware(self) -> Arc<dyn Middleware> {
        Arc::new(self)
    }
}

/// The kind of middleware that is a function.
#[doc(hidden)]
#[derive(Debug)]
pub struct Around;

/// An async function of `&mut Context` and [`Next`], for one lifetime of the loan.
#[doc(hidden)]
pub trait MiddlewareFn<'a>: Send + Sync {
    type Future: Future<Output: IntoResponse> + Send + 'a;

    fn call(&self, cx: &'a mut Context, next: Next<'a>) -> Self::Future;
}

impl<'a, F, Fut> MiddlewareFn<'a> for F
where
    F: Fn(&'a mut Context, Next<'a>) -> Fut + Send + Sync,
    Fut: Future<Output: IntoResponse> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, cx: &'a mut Context, next: Next<'a>) -> Fut {
        self(cx, next)
    }
}

/// A function as a middleware: the glue that the user's crate compiles.
struct Function<F>(F);

impl<F> IntoMiddleware<Around> for F
where
    F: for<'a> MiddlewareFn<'a> + 'static,
{
    fn into_middleware(self) -> Arc<dyn Middleware> {
        Arc::new(Function(self))
    }
}

impl<F> Middleware for Function<F>
where
    F: for<'a> MiddlewareFn<'a> + 'static,
{
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            let mut response = self.0.call(cx, next).await.into_response();
            settle(cx, &mut response);
            response
        })
    }
}
