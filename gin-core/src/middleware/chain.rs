//! The onion: middlewares from the outside in, and the handler at the centre.

use std::fmt;
use std::sync::Arc;

use crate::future::BoxFuture;
use crate::handlers::{Handler, RouteHandler};
use crate::request::Context;
use crate::response::Response;

/// Middlewares from the outside in, and the handler at the centre.
pub(crate) struct Chain {
    pub(crate) middlewares: Box<[Arc<dyn Middleware>]>,
    pub(crate) handler: RouteHandler,
}

impl Chain {
    /// The whole chain, not yet begun.
    pub(crate) fn start(&self) -> Next<'_> {
        Next {
            chain: self,
            index: 0,
        }
    }
}

/// The rest of the chain.
///
/// It is a value: [`run`](Next::run) consumes it, so the rest runs at most once, and a middleware that answers without running it
/// has stopped the chain, which is what gin calls Abort.
#[must_use = "a middleware that does not run `next` answers the request itself"]
pub struct Next<'a> {
    chain: &'a Chain,
    index: usize,
}

impl<'a> Next<'a> {
    /// Runs the rest of the chain and gives back its response; `cx` is lent down and comes back.
    pub fn run<'b>(self, cx: &'b mut Context) -> BoxFuture<'b, Response>
    where
        'a: 'b,
    {
        match self.chain.middlewares.get(self.index) {
            Some(middleware) => middleware.call(
                cx,
                Next {
                    chain: self.chain,
                    index: self.index + 1,
                },
            ),
            None => self.chain.handler.call(cx),
        }
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.chain.middlewares.len() - self.index;
        write!(f, "Next({left} more, then the handler)")
    }
}

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

/// A middleware and its name.
#[derive(Clone)]
pub(crate) struct Layer {
    pub(crate) middleware: Arc<dyn Middleware>,
    pub(crate) name: &'static str,
}
