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
//! within one, those that were added first are further out. [`Route::with`](crate::routing::Route::with) adds a middleware to one
//! route, inside that of its groups.
//!
//! For `OPTIONS`, 405 and redirects, the middleware runs that all routes of the path have in common; for a CORS preflight, that of the
//! route that it is for. A 404 is the nearest group's. If that has no fallback, but a group around it does, it is that group's.
//!
//! A value that a middleware leaves with [`Context::set`](crate::Context::set) is there for everything after it, as
//! [`Extension<T>`](crate::extract::Extension) or by [`Context::get`](crate::Context::get). A middleware with
//! values of its own is a type that implements [`Middleware`].

mod auth;
mod blocking;
mod chain;
#[cfg(feature = "compression")]
mod compression;
mod concurrency_limit;
mod cors;
mod csrf;
#[cfg(feature = "compression")]
mod decompression;
mod function;
mod logger;
mod method_override;
mod origin;
mod provenance;
mod provided;
mod random;
mod rate_limit;
mod recovery;
mod request_id;
mod security_headers;
mod server_timing;
mod timeout;

pub use auth::{BasicAuth, BasicUser, Bearer, Credentials, Denial, Token, Verdict, Verify, bearer};
pub(crate) use blocking::warn_if_blocking;
pub(crate) use chain::{Chain, Layer};
pub use chain::{Middleware, Next};
#[cfg(feature = "compression")]
#[cfg_attr(docsrs, doc(cfg(feature = "compression")))]
pub use compression::{Coding, Compression, Effort};
pub use concurrency_limit::ConcurrencyLimit;
pub use cors::Cors;
pub use csrf::{Csrf, CsrfToken};
#[cfg(feature = "compression")]
#[cfg_attr(docsrs, doc(cfg(feature = "compression")))]
pub use decompression::Decompression;
pub use function::IntoMiddleware;
pub use logger::Logger;
pub use method_override::MethodOverride;
pub use provided::Provided;
pub use rate_limit::RateLimit;
pub use recovery::Recovery;
pub(crate) use recovery::caught;
pub use request_id::{RequestId, RequestIdValue};
pub use security_headers::{Csp, CspNonce, SecurityHeaders};
pub use server_timing::ServerTiming;
pub(crate) use server_timing::with_stopwatches;
pub use timeout::Timeout;
