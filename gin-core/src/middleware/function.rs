//! The conversion of functions of the context and of [`Next`] into middleware.

use std::sync::Arc;

use crate::future::BoxFuture;
use crate::handlers::{Args, Itself};
use crate::middleware::chain::{Middleware, Next};
use crate::request::Context;
use crate::response::{IntoResponse, Response, settle};

/// A type that [`Group::with`](crate::Group::with) takes as a middleware: an async function of `&mut Context` and [`Next`], or a type
/// that implements [`Middleware`].
///
/// The compiler infers `Kind`, which keeps the implementations apart. A function that passes middleware on is generic over it:
///
/// ```
/// # use gin::{middleware::IntoMiddleware, prelude::*, testing::Client};
/// /// The group of everything that administrators use.
/// fn admin<M: IntoMiddleware<K>, K>(auth: M) -> Group {
///     Group::new("/admin").with(auth).get("/", async || "admin")
/// }
///
/// async fn nobody(_: &mut Context, _: Next<'_>) -> StatusCode {
///     StatusCode::FORBIDDEN
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(admin(nobody)).get("/admin/").await.is(403);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
// One implementation for all types: the compiler then reports the condition that fails, such as the wrong argument.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a middleware",
    label = "not a middleware",
    note = "a middleware is an `async fn(cx: &mut Context, next: Next<'_>)`, with these two arguments in this order, that returns something that implements `IntoResponse`; it is given by its name, without a call",
    note = "a function with a value of its own is a middleware by `gin::middleware::with_fn`, and a type by implementing `Middleware`"
)]
pub trait IntoMiddleware<Kind> {
    /// Erases the type of the middleware.
    fn into_middleware(self) -> Arc<dyn Middleware>;
}

impl<M: Shape<Kind>, Kind: MiddlewareOf<M>> IntoMiddleware<Kind> for M {
    fn into_middleware(self) -> Arc<dyn Middleware> {
        Kind::middleware(self)
    }
}

/// A type with the shape of a middleware, from which the compiler infers `Kind`: a function of two arguments, of whatever types.
#[doc(hidden)]
pub trait Shape<Kind> {}

/// A kind of middleware, with the conditions for an `M` of that kind.
#[doc(hidden)]
pub trait MiddlewareOf<M> {
    fn middleware(middleware: M) -> Arc<dyn Middleware>;
}

impl<M: Middleware> Shape<Itself> for M {}

impl<M: Middleware> MiddlewareOf<M> for Itself {
    fn middleware(middleware: M) -> Arc<dyn Middleware> {
        Arc::new(middleware)
    }
}

impl<F, Fut, A, B> Shape<Args<(A, B)>> for F where F: Fn(A, B) -> Fut {}

impl<F, A, B> MiddlewareOf<F> for Args<(A, B)>
where
    A: FirstArgument,
    B: SecondArgument,
    F: for<'a> MiddlewareFn<'a> + 'static,
{
    fn middleware(function: F) -> Arc<dyn Middleware> {
        Arc::new(MiddlewareFunction(function))
    }
}

/// The first argument of a middleware.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the first argument of a middleware is `&mut Context`, not `{Self}`",
    label = "a middleware is an `async fn(cx: &mut Context, next: Next<'_>)`"
)]
pub trait FirstArgument {}

impl FirstArgument for &mut Context {}

/// The second argument of a middleware.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the second argument of a middleware is `Next<'_>`, not `{Self}`",
    label = "a middleware is an `async fn(cx: &mut Context, next: Next<'_>)`",
    note = "a middleware has no extractors as arguments; it makes one by `T::from_context(cx).await`"
)]
pub trait SecondArgument {}

impl SecondArgument for Next<'_> {}

/// An async function of `&mut Context` and [`Next`], for one lifetime of the borrows.
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

/// A function as a middleware: the glue that the app's crate compiles.
struct MiddlewareFunction<F>(F);

impl<F> Middleware for MiddlewareFunction<F>
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
