//! Handlers, and the conversion into them.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::extract::Needs;
use crate::future::BoxFuture;
use crate::handlers::function::{HandlerOf, Shape};
use crate::request::Context;
use crate::response::Response;

/// A handler whose type is erased.
///
/// [`IntoHandler`] turns functions and closures into one. A handler with values of its own is a type that implements this trait:
///
/// ```
/// # use gin::{BoxFuture, handlers::Handler, prelude::*, testing::Client};
/// /// Responds with a text.
/// struct Text {
///     text: String,
/// }
///
/// impl Handler for Text {
///     fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
///         Box::pin(async move { cx.string(200, self.text.as_str()) })
///     }
/// }
///
/// let app = Group::new("").get("/version", Text { text: format!("version {}", 7) });
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).get("/version").await.has_text("version 7");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Handler: Send + Sync + 'static {
    /// Responds to the request in `cx`.
    fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response>;

    /// Declares what the handler needs, which [`Engine::new`](crate::Engine::new) checks. Default: nothing.
    fn needs(&self, needs: &mut Needs) {
        let _ = needs;
    }
}

impl fmt::Debug for dyn Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handler")
    }
}

/// A type that a group takes as a handler.
///
/// The compiler infers `Kind`, which keeps the implementations apart: [`Args`] for functions, [`Itself`] for types that implement
/// [`Handler`]. A function that passes handlers on is generic over it:
///
/// ```
/// # use gin::{handlers::IntoHandler, prelude::*, testing::Client};
/// /// Routes `GET` and `POST` requests to the same handler.
/// fn get_and_post<H: IntoHandler<K> + Copy, K>(group: Group, path: &'static str, handler: H) -> Group {
///     group.get(path, handler).post(path, handler)
/// }
///
/// let app = get_and_post(Group::new(""), "/greet", async || "hello");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).post("/greet").await.has_text("hello");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
// One implementation for all types: the compiler then reports the condition that fails, such as an argument that is not an extractor.
// Of several implementations it would only report that none applies.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler",
    label = "not a handler",
    note = "a handler is an async function of at most nine arguments: extractors, or `&mut Context` and up to eight extractors after it; it is given by its name, without a call"
)]
pub trait IntoHandler<Kind> {
    /// Erases the type of the handler.
    fn into_handler(self) -> Arc<dyn Handler>;
}

impl<H: Shape<Kind>, Kind: HandlerOf<H>> IntoHandler<Kind> for H {
    fn into_handler(self) -> Arc<dyn Handler> {
        (Kind::CONVERT)(self)
    }
}

/// The kind of handlers that are functions. `T` is the tuple of their arguments.
///
/// ```
/// # use gin::{handlers::{Args, IntoHandler}, prelude::*};
/// fn of_one_extractor<E>(handler: impl IntoHandler<Args<(E,)>>) -> Group {
///     Group::new("").get("/users/:id", handler)
/// }
///
/// assert!(of_one_extractor(async |Path(id): Path<u32>| id.to_string()).build().is_ok());
/// ```
#[derive(Debug)]
pub struct Args<T>(PhantomData<fn() -> T>);

/// The kind of handlers and middleware that are types of their own: they implement [`Handler`] or
/// [`Middleware`](crate::middleware::Middleware) themselves.
///
/// ```
/// # use gin::{middleware::IntoMiddleware, handlers::Itself, prelude::*};
/// fn of_own_type(middleware: impl IntoMiddleware<Itself>) -> Group {
///     Group::new("").with(middleware)
/// }
///
/// assert!(of_own_type(Recovery::new()).build().is_ok());
/// ```
#[derive(Debug)]
pub struct Itself;
