//! What can stand in a chain: a type that implements [`Middleware`], or an async function of a context and of [`Next`].

use std::fmt;
use std::sync::Arc;

use crate::future::BoxFuture;
use crate::handlers::Itself;
use crate::middleware::Next;
use crate::request::Context;
use crate::response::{IntoResponse, Response, settle};

/// What runs around the rest of a chain, once its type no longer matters.
///
/// Most are functions, which need none of this:
///
/// ```
/// # use gin::prelude::*;
/// async fn no_store(cx: &mut Context, next: Next<'_>) -> Response {
///     let mut response = next.run(cx).await;
///     response.headers_mut().insert("cache-control", HeaderValue::from_static("no-store"));
///     response
/// }
///
/// let app = Group::new("").with(no_store);
/// ```
///
/// One that has values of its own, as those that Go makes by a function that returns one, is a type. A closure can't be: the future of
/// an async one that captures something borrows from it, and so outlives no call.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::{BoxFuture, middleware::Middleware};
///
/// struct Require {
///     role: &'static str,
/// }
///
/// impl Middleware for Require {
///     fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
///         Box::pin(async move {
///             if cx.header("x-role") != Some(self.role) {
///                 return Problem::new(403).detail("this is for others").into_response();
///             }
///             next.run(cx).await
///         })
///     }
/// }
///
/// let admin = Group::new("/admin").with(Require { role: "admin" }).get("/", async || "admin");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(admin);
/// client.get("/admin/").await.is(403);
/// client.get("/admin/").header("x-role", "admin").await.is(200);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Middleware: Send + Sync + 'static {
    /// Answers the request, by itself or by running `next`.
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response>;
}

impl fmt::Debug for dyn Middleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Middleware")
    }
}

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
