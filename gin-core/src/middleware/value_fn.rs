//! Middleware that is a function with a value of its own.

use std::any::type_name;
use std::fmt;

use crate::future::BoxFuture;
use crate::middleware::chain::{Middleware, Next};
use crate::request::Context;
use crate::response::{IntoResponse, Response, settle};

/// Returns a middleware that calls `function` with `value`, the context and [`Next`].
///
/// It is for settings, such as a role or a limit: one function serves many groups, each with a value of its own. The function borrows
/// the value, which all requests share. A value that handlers use as well is better [`Group::state`](crate::Group::state), which a
/// middleware gets by [`Context::state`].
///
/// An async closure that captures cannot be a middleware, as its future borrows from the closure. Here the value is an argument.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::with_fn;
///
/// struct MaxAge(&'static str);
///
/// async fn cached(MaxAge(control): &MaxAge, cx: &mut Context, next: Next<'_>) -> Response {
///     let response = next.run(cx).await;
///     if response.status().is_success() { ([("cache-control", *control)], response).into_response() } else { response }
/// }
///
/// let news = Group::new("/news").with(with_fn(MaxAge("max-age=60"), cached)).get("/", async || "today's");
/// let archive = Group::new("/archive").with(with_fn(MaxAge("max-age=86400"), cached)).get("/", async || "older ones");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").nest(news).nest(archive));
/// assert_eq!(client.get("/news/").await.header("cache-control"), Some("max-age=60"));
/// assert_eq!(client.get("/archive/").await.header("cache-control"), Some("max-age=86400"));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn with_fn<V, F>(value: V, function: F) -> WithFn<F, V>
where
    V: Send + Sync + 'static,
    F: for<'a> ValueFn<'a, V> + 'static,
{
    WithFn { function, value }
}

/// A function with a value, as a middleware. [`with_fn`] makes it.
pub struct WithFn<F, V> {
    function: F,
    value: V,
}

impl<F, V: fmt::Debug> fmt::Debug for WithFn<F, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WithFn").field(&self.value).finish()
    }
}

impl<F, V> Middleware for WithFn<F, V>
where
    V: Send + Sync + 'static,
    F: for<'a> ValueFn<'a, V> + 'static,
{
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            let called = self.function.call(&self.value, cx, next);
            let mut response = called.await.into_response();
            settle(cx, &mut response);
            response
        })
    }

    fn function_name(&self) -> Option<&'static str> {
        Some(type_name::<F>())
    }
}

/// An async function of `&V`, `&mut Context` and [`Next`], for one lifetime of the borrows.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`with_fn` cannot call `{Self}` with a `&{V}`",
    label = "not a function of the value, the context and `Next`",
    note = "the function is an `async fn(value: &{V}, cx: &mut Context, next: Next<'_>)` that returns something that implements `IntoResponse`"
)]
pub trait ValueFn<'a, V: 'a>: Send + Sync {
    type Future: Future<Output: IntoResponse> + Send + 'a;

    fn call(&self, value: &'a V, cx: &'a mut Context, next: Next<'a>) -> Self::Future;
}

impl<'a, F, Fut, V: 'a> ValueFn<'a, V> for F
where
    F: Fn(&'a V, &'a mut Context, Next<'a>) -> Fut + Send + Sync,
    Fut: Future<Output: IntoResponse> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, value: &'a V, cx: &'a mut Context, next: Next<'a>) -> Fut {
        self(value, cx, next)
    }
}
