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
//! [`Extension<T>`](crate::extract::Extension) or by [`Context::get`](crate::Context::get). A function with a value of its own, such
//! as a role or a limit, is a middleware by [`with_fn`]; a type is one if it implements [`Middleware`].
//!
//! # Limits and codings
//!
//! | middleware | limits or changes | otherwise |
//! |---|---|---|
//! | [`Timeout`] | the time up to the response | 503, and the handler is dropped |
//! | [`ConcurrencyLimit`] | the requests at once, with a queue | 503 with `Retry-After` |
//! | [`RateLimit`] | the rate of each client; across instances by Redis | 429 with `Retry-After` |
//! | [`Group::body_limit`](crate::Group::body_limit) | the size of a request's body | 413 |
//! | [`RequestId`] | an id in the response, the log and spans | |
//! | [`ServerTiming`] | the time of each middleware, for the browser's tools | |
//! | `Compression` | the size of responses | feature `compression` |
//! | `Decompression` | requests that are compressed | 400, 413, 415; feature `compression` |
//!
//! The order matters: a limit that is further out also protects what is further in. One that works is
//! [`Logger`], [`RequestId`], [`Recovery`], [`ConcurrencyLimit`], [`RateLimit`], [`Timeout`], `Compression`, then what is the app's own.
//!
//! # Users
//!
//! [`BasicAuth`] lets users in by name and password, [`bearer`] by a token. Both take an async function of what the client sent, which
//! returns a user, and which may have extractors such as `State` after it. The user is an
//! [`Extension`](crate::extract::Extension) for handlers; one that takes it without the guard is an error of
//! [`Engine::new`](crate::Engine::new). For users who sign in by a form, see [`sessions`](crate::sessions).
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! use gin::middleware::{Cors, Token, bearer};
//!
//! #[derive(Clone)]
//! struct User { name: &'static str }
//!
//! async fn verify(token: Token) -> Option<User> {
//!     token.is("7f3a").then_some(User { name: "Ann" })
//! }
//!
//! #[get("/me")]
//! async fn me(Extension(user): Extension<User>) -> String {
//!     user.name.to_owned()
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let api = Group::new("/api")
//!     .with(Cors::new(["https://app.example"]))
//!     .with(bearer(verify))
//!     .mount(routes![me]);
//! let client = Client::new(api);
//! client.get("/api/me").header("authorization", "Bearer 7f3a").await.has_text("Ann");
//! client.get("/api/me").await.is(401);
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Browsers
//!
//! A browser sends the user's cookies along, whichever page a request is from. Three middlewares keep other pages out:
//!
//! | middleware | against |
//! |---|---|
//! | [`Csrf`] | forms and requests of other sites that change something in the user's name |
//! | [`SecurityHeaders`], with a [`Csp`] | scripts that somebody smuggles into a page, frames around it, a way back from https |
//! | [`Cors`] | nothing: it lets the scripts of named origins read responses |
//!
//! [`MethodOverride`] lets HTML forms send `PUT`, `PATCH` and `DELETE`, and no form of another site.
//!
//! An app with pages and sessions adds both guards to its outermost group:
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! use gin::middleware::{Csp, Csrf, SecurityHeaders};
//!
//! let headers = SecurityHeaders::new().csp(Csp::new().img_src(["'self'", "https://images.example"]));
//! let app = gin::default().with(headers).with(Csrf::new()).post("/notes", async || "saved");
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let browser = Client::new(app);
//! browser.post("/notes").header("sec-fetch-site", "same-origin").await.is(200);
//! let forged = browser.post("/notes").header("sec-fetch-site", "cross-site").await.is(403);
//! forged.has_header("x-content-type-options", "nosniff");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Mistakes
//!
//! Settings that contradict each other, such as credentials with any origin, are errors of [`Engine::new`](crate::Engine::new), with
//! the line that adds the middleware. A middleware of the app reports its own by [`Middleware::flaws`].

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
pub(crate) mod origin;
mod preflight;
mod provenance;
mod provided;
mod random;
mod rate_limit;
mod recovery;
mod request_id;
mod security_headers;
mod server_timing;
mod timeout;
mod value_fn;

#[doc(alias(
    "BasicAuthForRealm",
    "BasicAuthForProxy",
    "Accounts",
    "HttpAuthentication",
    "ValidateRequestHeaderLayer",
    "login"
))]
pub use auth::BasicAuth;
#[doc(alias("AuthUserKey", "AuthProxyUserKey"))]
pub use auth::BasicUser;
#[doc(alias("jwt", "TokenAuth"))]
pub use auth::Bearer;
#[doc(alias(
    "AsyncRequireAuthorizationLayer",
    "TypedHeader",
    "HttpAuthentication",
    "jwt"
))]
pub use auth::bearer;
pub use auth::{Credentials, Denial, Token, Verdict, Verify};
pub(crate) use blocking::warn_if_blocking;
#[cfg(feature = "tower")]
pub(crate) use chain::DetachedNext;
#[doc(alias("Layer", "Service", "Transform", "Fairing"))]
pub use chain::Middleware;
#[doc(alias("Abort", "abort", "AbortWithStatus", "middleware", "IsAborted"))]
pub use chain::Next;
pub(crate) use chain::{Chain, Layer};
#[doc(hidden)]
pub use chain::{Role, SessionMark};
#[cfg(feature = "compression")]
#[cfg_attr(docsrs, doc(cfg(feature = "compression")))]
pub use compression::Coding;
#[cfg(feature = "compression")]
#[cfg_attr(docsrs, doc(cfg(feature = "compression")))]
#[doc(alias("CompressionLayer", "Compress", "gzip", "brotli", "zstd", "deflate"))]
pub use compression::Compression;
#[cfg(feature = "compression")]
#[cfg_attr(docsrs, doc(cfg(feature = "compression")))]
#[doc(alias("CompressionLevel", "gzip.BestSpeed", "gzip.BestCompression"))]
pub use compression::Effort;
#[doc(alias(
    "ConcurrencyLimitLayer",
    "GlobalConcurrencyLimitLayer",
    "LoadShedLayer",
    "load shedding",
    "bulkhead"
))]
pub use concurrency_limit::ConcurrencyLimit;
#[doc(alias("cross-origin", "CorsLayer"))]
pub use cors::Cors;
#[doc(alias("XSRF", "CrossOriginProtection", "forgery", "CsrfLayer"))]
pub use csrf::Csrf;
pub use csrf::CsrfToken;
#[cfg(feature = "cookies")]
pub(crate) use csrf::set_due_cookie;
#[cfg(feature = "compression")]
#[cfg_attr(docsrs, doc(cfg(feature = "compression")))]
#[doc(alias(
    "RequestDecompressionLayer",
    "Decompress",
    "gzip",
    "brotli",
    "zstd",
    "inflate"
))]
pub use decompression::Decompression;
pub use function::IntoMiddleware;
#[doc(alias("LogFormatterParams", "LogFormatter"))]
pub use logger::LogEntry;
#[doc(alias("TraceLayer", "LoggerWithConfig", "access log", "LoggerConfig"))]
pub use logger::Logger;
#[doc(alias("_method", "X-HTTP-Method-Override", "HiddenHttpMethodFilter"))]
pub use method_override::MethodOverride;
pub use provided::Provided;
#[doc(alias(
    "GovernorLayer",
    "throttle",
    "tollbooth",
    "limiter",
    "RateLimitLayer",
    "429"
))]
pub use rate_limit::RateLimit;
#[doc(alias(
    "CatchPanicLayer",
    "CustomRecovery",
    "catch_unwind",
    "RecoveryFunc",
    "RecoveryWithWriter",
    "CustomRecoveryWithWriter"
))]
pub use recovery::Recovery;
pub(crate) use recovery::caught;
#[doc(alias(
    "SetRequestIdLayer",
    "PropagateRequestIdLayer",
    "requestid",
    "correlation id",
    "trace id"
))]
pub use request_id::RequestId;
pub use request_id::RequestIdValue;
pub(crate) use request_id::RequestSpan;
#[doc(alias("Content-Security-Policy", "helmet", "Shield"))]
pub use security_headers::Csp;
pub use security_headers::CspNonce;
#[doc(alias("helmet", "Shield", "secure", "HSTS", "SetResponseHeaderLayer"))]
pub use security_headers::SecurityHeaders;
#[cfg(feature = "tls")]
pub(crate) use security_headers::WithoutHsts;
#[cfg(debug_assertions)]
pub(crate) use server_timing::Measurement;
#[doc(alias("Server-Timing", "profiling", "timer"))]
pub use server_timing::ServerTiming;
pub(crate) use server_timing::with_stopwatches;
#[doc(alias("TimeoutLayer", "timeout.New", "TimeoutHandler"))]
pub use timeout::Timeout;
#[doc(hidden)]
pub use value_fn::ValueFn;
pub use value_fn::WithFn;
#[doc(alias("from_fn_with_state", "from_fn", "closure"))]
pub use value_fn::with_fn;
