//! Middleware: functions that run around handlers.
//!
//! A middleware takes the context and [`Next`], the rest of the chain. [`Next::run`] consumes it, so the rest runs at most once. A
//! middleware that returns without running it ends the chain, which Go's gin calls Abort.
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! # use std::time::Instant;
//! async fn timer(cx: &mut Context, next: Next<'_>) -> Response {
//!     let start = Instant::now();
//!     let mut response = next.run(cx).await;
//!     let time = format!("total;dur={}", start.elapsed().as_millis());
//!     if let Ok(time) = HeaderValue::try_from(time) {
//!         response.headers_mut().insert("server-timing", time);
//!     }
//!     response
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").with(timer).get("/", async || "hello"));
//! assert!(client.get("/").await.is(200).header("server-timing").is_some());
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! A middleware is around every route of its group and of the groups inside it, whatever the order of calls. Between groups and
//! within one, those that were added first are further out. The middleware of a group also runs for its 404, 405 and redirects.
//!
//! A value that a middleware leaves with [`Context::set`](crate::Context::set) is there for everything after it, as
//! [`Extension<T>`](crate::extract::Extension) or by [`Context::get`](crate::Context::get). A middleware with
//! values of its own is a type that implements [`Middleware`].

mod blocking;
mod chain;
mod cors;
mod function;
mod logger;
mod provided;
mod recovery;

pub(crate) use blocking::warn_if_blocking;
#[cfg(feature = "tower")]
pub(crate) use chain::DetachedNext;
pub(crate) use chain::{Chain, Layer};
pub use chain::{Middleware, Next};
pub use cors::Cors;
pub use function::IntoMiddleware;
pub use logger::Logger;
pub use provided::Provided;
pub use recovery::Recovery;
pub(crate) use recovery::caught;
