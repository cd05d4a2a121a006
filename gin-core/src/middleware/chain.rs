//! Chains: middleware from the outside in, and the handler at the center.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::Needs;
use crate::extract::type_name::short;
use crate::future::BoxFuture;
use crate::handlers::{Handler, RouteHandler};
use crate::middleware::Provided;
use crate::request::Context;
use crate::response::Response;

/// The middleware of a route, from the outside in, and its handler.
pub(crate) struct Chain {
    pub(crate) middlewares: Box<[Arc<dyn Middleware>]>,
    pub(crate) handler: RouteHandler,
}

impl Chain {
    /// Returns the whole chain, to be run.
    pub(crate) fn start(self: &Arc<Self>) -> Next<'_> {
        Next {
            chain: self,
            index: 0,
        }
    }

    /// Returns the session of the browser that the handler sees, if there is a middleware for sessions, wherever in the chain.
    #[cfg(feature = "cookies")]
    pub(crate) fn session_mark(&self, cx: &mut Context) -> Option<SessionMark> {
        let mut inside_out = self.middlewares.iter().rev();
        inside_out.find_map(|middleware| middleware.session_mark(cx))
    }
}

/// The rest of the chain: the middleware further in, and the handler.
///
/// [`run`](Next::run) consumes it, so the rest runs at most once. A middleware that returns without running it ends the chain, which
/// Go's gin calls Abort.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// async fn signed_in(cx: &mut Context, next: Next<'_>) -> Response {
///     if cx.cookie("session").is_none() {
///         return Redirect::to("/sign-in").into_response();
///     }
///     next.run(cx).await
/// }
///
/// let app = Group::new("").with(signed_in).get("/", async || "home");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// client.get("/").await.is(303);
/// client.get("/").header("cookie", "session=7f").await.has_text("home");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "a middleware that does not run `next` responds to the request itself"]
pub struct Next<'a> {
    chain: &'a Arc<Chain>,
    index: usize,
}

impl<'a> Next<'a> {
    /// Runs the rest of the chain and returns its response, which the middleware may change.
    #[doc(alias("abort", "call"))]
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

#[cfg(feature = "cookies")]
impl Next<'_> {
    /// Returns the whole chain.
    pub(crate) fn chain(&self) -> Arc<Chain> {
        self.chain.clone()
    }
}

#[cfg(feature = "tower")]
impl Next<'_> {
    /// Returns the rest of the chain without its borrow.
    pub(crate) fn detach(self) -> DetachedNext {
        DetachedNext {
            chain: self.chain.clone(),
            index: self.index,
        }
    }
}

/// The rest of a chain for a service of tower, whose futures borrow nothing. A service that retries runs it again.
#[cfg(feature = "tower")]
pub(crate) struct DetachedNext {
    chain: Arc<Chain>,
    index: usize,
}

#[cfg(feature = "tower")]
impl DetachedNext {
    pub(crate) fn attach(&self) -> Next<'_> {
        Next {
            chain: &self.chain,
            index: self.index,
        }
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.chain.middlewares.len() - self.index;
        write!(f, "Next({left} more, then the handler)")
    }
}

/// A middleware whose type is erased.
///
/// Most middleware are functions, which [`IntoMiddleware`](crate::middleware::IntoMiddleware) turns into one:
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// async fn no_store(cx: &mut Context, next: Next<'_>) -> Response {
///     let mut response = next.run(cx).await;
///     response.headers_mut().insert("cache-control", HeaderValue::from_static("no-store"));
///     response
/// }
///
/// let app = Group::new("").with(no_store).get("/", async || "home");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).get("/").await.has_header("cache-control", "no-store");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// A function with a value of its own is one by [`with_fn`](crate::middleware::with_fn). A type that implements this trait can also
/// have settings, and say what it needs and provides. In Go, a function that returns a closure serves that purpose. A Rust closure
/// cannot, because the future of an async closure borrows the values that it captures.
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
    /// Responds to the request, by itself or by running `next`.
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response>;

    /// Declares the values that the middleware sets for handlers, which [`Engine::new`](crate::Engine::new) checks against their
    /// needs. Default: [`Provided::anything`].
    fn provides(&self, provided: &mut Provided) {
        provided.anything();
    }

    /// Declares what the middleware itself needs, such as state, which [`Engine::new`](crate::Engine::new) checks. Default: nothing.
    fn needs(&self, needs: &mut Needs) {
        let _ = needs;
    }

    /// Returns the contradictions in the middleware's settings, each with its remedy, which [`Engine::new`](crate::Engine::new)
    /// reports with the line that adds the middleware. Default: none.
    ///
    /// ```
    /// # use gin::prelude::*;
    /// use gin::{BoxFuture, middleware::Middleware};
    ///
    /// struct Allow(Vec<&'static str>);
    ///
    /// impl Middleware for Allow {
    ///     fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
    ///         next.run(cx)
    ///     }
    ///
    ///     fn flaws(&self) -> Vec<String> {
    ///         let is_empty = self.0.is_empty();
    ///         is_empty.then(|| "nobody is allowed; add a name".to_owned()).into_iter().collect()
    ///     }
    /// }
    ///
    /// let error = Group::new("").with(Allow(Vec::new())).build().unwrap_err();
    /// assert!(error.to_string().contains("nobody is allowed; add a name"));
    /// ```
    fn flaws(&self) -> Vec<String> {
        Vec::new()
    }

    /// Adds what clients should know about the middleware to the descriptions of the routes inside it, such as a security scheme or
    /// the problems that it responds with. Default: nothing.
    #[cfg(feature = "openapi")]
    #[cfg_attr(docsrs, doc(cfg(feature = "openapi")))]
    fn describe(&self, operation: &mut Operation) {
        let _ = operation;
    }

    /// Returns the part of the middleware in a chain, for its place among others.
    #[doc(hidden)]
    fn role(&self) -> Role {
        Role::Other
    }

    /// Returns the full name of the function that the middleware calls, which says more than that of its type. Default: none.
    #[doc(hidden)]
    fn function_name(&self) -> Option<&'static str> {
        None
    }

    /// Returns the session that the browser has after the changes of its cookies up to now, if the middleware keeps sessions.
    #[doc(hidden)]
    fn session_mark(&self, cx: &mut Context) -> Option<SessionMark> {
        let _ = cx;
        None
    }
}

/// The session that a browser has, as its cookie shows it. `None` is a browser without one.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionMark(pub Option<String>);

/// The part of a middleware in a chain.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Refuses requests without credentials.
    Guard,
    /// Responds to preflight requests, which have no credentials.
    Preflights,
    /// Opens the span of a request.
    Span,
    /// Adds a field to the span of a request, or opens one for it.
    SpanField,
    Other,
}

impl fmt::Debug for dyn Middleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Middleware")
    }
}

/// A middleware with its full name, and the line that adds it.
#[derive(Clone)]
pub(crate) struct Layer {
    pub(crate) middleware: Arc<dyn Middleware>,
    pub(crate) name: &'static str,
    pub(crate) at: &'static Location<'static>,
}

impl Layer {
    /// Returns a middleware that `at` adds. `type_name` is its name if it calls no function with a name.
    pub(crate) fn new(
        middleware: Arc<dyn Middleware>,
        type_name: &'static str,
        at: &'static Location<'static>,
    ) -> Layer {
        Layer {
            name: middleware.function_name().unwrap_or(type_name),
            middleware,
            at,
        }
    }

    /// Returns the name without its path.
    pub(crate) fn short_name(&self) -> String {
        short(self.name)
    }
}

/// `Cors (src/main.rs:12)`.
impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.short_name();
        write!(f, "{name} ({}:{})", self.at.file(), self.at.line())
    }
}

impl fmt::Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Layer({self})")
    }
}
