//! Responses: the values that handlers return.
//!
//! A handler returns a value that implements [`IntoResponse`]:
//!
//! | value | response |
//! |---|---|
//! | `&'static str`, `String` | 200, `text/plain` |
//! | [`Json(value)`](Json), `serde_json::Value` | 200, `application/json` |
//! | [`IndentedJson`], [`AsciiJson`], [`SecureJson`], [`Jsonp`] | JSON in another form |
//! | [`Negotiate`] | JSON, HTML or another media type, whichever the client accepts |
//! | [`Html(text)`](Html) | 200, `text/html` |
//! | `Bytes`, `Vec<u8>` | 200, `application/octet-stream` |
//! | [`Body`] | 200, without a content type; [written](Body::from_writer), or from a [stream](Body::from_stream) or a [reader](Body::from_reader) |
//! | `StatusCode`, a number such as `204`, `()` | that status, or 200, without a body |
//! | [`Redirect`] | 303, 307, 308, or another status with a location |
//! | [`Sse`] | 200, `text/event-stream`, as long as the client is connected |
//! | `(status, value)`, `(headers, value)`, `(status, headers, value)` | `value` with that status and these headers: an array of pairs, a `HeaderMap`, or [`AppendHeaders`] |
//! | `Result<T, E>` | either side |
//! | `anyhow::Error` (feature `anyhow`), `Box<dyn Error + Send + Sync>` | 500 |
//! | [`Problem`](crate::Problem), [`Error`](crate::Error) | an error in the shape that the client accepts |
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! async fn create() -> (StatusCode, [(&'static str, &'static str); 1], Json<u32>) {
//!     (StatusCode::CREATED, [("location", "/users/7")], Json(7))
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").post("/users", create));
//! client.post("/users").await.is(201).has_header("location", "/users/7").has_text("7");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! A response that depends on the request, on its headers for example, is made by [`from_context`].
//!
//! In a handler of `&mut Context`, methods such as [`Context::json`](crate::Context::json) and
//! [`Context::redirect`](crate::Context::redirect) build the same responses.
//!
//! # Early hints
//!
//! A handler cannot send 103 Early Hints (RFC 8297), nor another status below 200, which becomes a 500. hyper writes the responses, and
//! its servers send none of these but `100 Continue`, when a handler reads a body that waits for it, and the `101` of an upgrade. A
//! `link` header comes early if the body does not have to be ready: the head of a [`Body`] that is a stream is sent before its first
//! chunk, so that a browser loads the style sheet while the app still makes the page.
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! async fn page() -> impl IntoResponse {
//!     let body = Body::from_writer(async |mut page| {
//!         let orders = "<h1>Orders</h1>"; // from the database
//!         page.send(orders).await;
//!     });
//!     ([("link", "</site.css>; rel=preload; as=style"), ("content-type", "text/html")], body)
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let response = Client::new(Group::new("").get("/", page)).get("/").await;
//! response.has_header("link", "</site.css>; rel=preload; as=style").has_text("<h1>Orders</h1>");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```

mod accept;
mod assured;
mod deferred;
mod event;
mod event_body;
mod failures;
mod headers;
mod html;
mod into_response;
mod json;
mod json_variants;
mod jsonp;
mod need;
mod negotiate;
mod redirect;
mod settle;
mod shortcuts;
mod sse;

#[cfg(feature = "metrics")]
pub(crate) use accept::Accept;
pub(crate) use assured::{add_assured, put};
#[cfg(all(feature = "sessions", feature = "templates"))]
pub(crate) use deferred::complete_prepared;
pub(crate) use deferred::complete_unprepared;
pub use deferred::{Deferred, from_context};
#[doc(alias = "SSEvent")]
pub use event::Event;
pub use event::IntoEvent;
pub use event_body::EventWriter;
pub use headers::AppendHeaders;
#[doc(alias("render", "askama", "maud"))]
pub use html::Html;
#[doc(alias("Render", "Responder", "Writer", "ResponseWriter"))]
pub use into_response::IntoResponse;
#[cfg(any(feature = "files", feature = "templates"))]
pub(crate) use into_response::typed;
#[doc(alias("ShouldBindJSON", "BindJSON", "PureJSON", "ShouldBindBodyWithJSON"))]
pub use json::Json;
pub(crate) use json::is_json;
#[doc(alias = "pretty")]
pub use json_variants::IndentedJson;
pub use json_variants::{AsciiJson, SecureJson};
#[doc(alias = "JsonpJSON")]
pub use jsonp::Jsonp;
#[doc(hidden)]
pub use need::ResponseNeed;
#[doc(alias("NegotiateFormat", "Accept", "respond_to", "content negotiation"))]
pub use negotiate::Negotiate;
#[doc(alias("location", "see_other"))]
pub use redirect::Redirect;
#[cfg(any(feature = "files", feature = "openapi"))]
pub(crate) use settle::escape;
pub(crate) use settle::{default_shape, respond, settle};
#[doc(alias(
    "event-source",
    "EventSource",
    "server-sent events",
    "KeepAlive",
    "SSEvent",
    "Stream"
))]
pub use sse::Sse;

#[doc(alias("DataFromReader", "stream"))]
pub use crate::content::Body;
pub use crate::content::BodyWriter;
pub use crate::failure::IntoStatus;

/// A response: status, headers and a [`Body`].
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// async fn teapot() -> Response {
///     let mut response = "short and stout".into_response();
///     *response.status_mut() = StatusCode::IM_A_TEAPOT;
///     response
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(Group::new("").get("/", teapot)).get("/").await.is(418).has_text("short and stout");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub type Response<B = Body> = http::Response<B>;
