//! Contexts and chains of a test's own, for unit tests of middleware and of functions of the context.

use std::sync::Arc;

use http::Request;

use crate::app::Group;
use crate::connection::Connection;
use crate::content::Body;
use crate::dispatch::Engine;
use crate::handlers::{IntoHandler, RouteHandler};
use crate::middleware::{Chain, Next};
use crate::request::Context;

/// Returns the context of `request`, outside all groups: without a route, params or state.
/// [`TestRequest::into_context`](crate::testing::TestRequest::into_context) returns one that has them.
///
/// ```
/// use gin::{prelude::*, testing};
///
/// fn is_signed_in(cx: &Context) -> bool {
///     cx.cookie("session").is_some()
/// }
///
/// # fn main() -> Result<(), http::Error> {
/// let request = http::Request::get("/?page=2").header("cookie", "session=7f").body("")?;
/// let cx = testing::context(request);
/// assert!(is_signed_in(&cx));
/// assert_eq!(cx.query("page").as_deref(), Some("2"));
/// # Ok(())
/// # }
/// ```
pub fn context(request: Request<impl Into<Body>>) -> Context {
    let (head, body) = request.map(Into::into).into_parts();
    let engine = Engine::new(Group::new(""));
    let engine = engine.unwrap_or_else(|error| unreachable!("an empty group: {error}"));
    let connection = Arc::new(Connection::in_test(None));
    Context::new(head, body.into(), connection, engine.site())
}

/// The rest of a chain, for unit tests of middleware: a handler of the test's own.
///
/// ```
/// use gin::{prelude::*, testing::{self, Rest}};
///
/// async fn no_store(cx: &mut Context, next: Next<'_>) -> Response {
///     let mut response = next.run(cx).await;
///     response.headers_mut().insert("cache-control", HeaderValue::from_static("no-store"));
///     response
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let mut cx = testing::context(http::Request::new(""));
/// let rest = Rest::of(async || "page");
/// let response = no_store(&mut cx, rest.next()).await;
/// assert_eq!(response.headers()["cache-control"], "no-store");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Rest(Arc<Chain>);

impl Rest {
    /// Returns a chain of `handler` alone.
    pub fn of<H: IntoHandler<K>, K>(handler: H) -> Rest {
        Rest(Arc::new(Chain {
            middlewares: Box::default(),
            handler: RouteHandler::Shared(handler.into_handler()),
        }))
    }

    /// Returns the argument of the middleware.
    pub fn next(&self) -> Next<'_> {
        self.0.start()
    }
}

impl std::fmt::Debug for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rest")
    }
}
