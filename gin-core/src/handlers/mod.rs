//! Handlers: async functions that respond to a request.
//!
//! A handler takes extractors, or `&mut Context` and extractors after it, nine arguments at most, and returns a
//! [response](crate::response):
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! async fn by_extractors(Path(id): Path<u32>, method: Method) -> String {
//!     format!("{method} {id}")
//! }
//!
//! async fn by_context(cx: &mut Context) -> Response {
//!     cx.json(200, json!({ "path": cx.path() }))
//! }
//!
//! async fn by_both(cx: &mut Context, Path(id): Path<u32>) -> String {
//!     format!("{id} at {}", cx.path())
//! }
//!
//! let app = Group::new("")
//!     .get("/a/:id", by_extractors)
//!     .get("/b", by_context)
//!     .get("/c/:id", by_both)
//!     .get("/d", async || "a closure");
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(app);
//! client.get("/a/7").await.has_text("GET 7");
//! client.get("/b").await.has_json(json!({ "path": "/b" }));
//! client.get("/c/7").await.has_text("7 at /c/7");
//! client.get("/d").await.has_text("a closure");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Under an attribute (`#[get("/a/:id")]`) an argument with a param's name is that param, and `&str` may be borrowed. A closure of the context is an async closure, `async |cx: &mut Context| …`: the future of
//! `|cx| async move { … }` cannot borrow the context. An async closure that captures a value is not a handler; give shared values as
//! [`State`](crate::State).
//!
//! Only a few lines are compiled again for each handler: the engine calls an `Arc<dyn Handler>`.

mod argument;
mod attribute;
mod function;
mod gather;
mod handler;
mod output;
mod param;
#[cfg(feature = "openapi")]
mod probe;
mod rejected;
mod route_handler;
mod source;

pub(crate) use attribute::{Adapter, Attribute, AttributeNeeds, Closure, Declare, Declares};
#[doc(alias = "HandlerFunc")]
pub use handler::Handler;
pub use handler::{Args, IntoHandler, Itself};
#[cfg(debug_assertions)]
pub(crate) use rejected::Rejected;
pub(crate) use route_handler::RouteHandler;

#[doc(hidden)]
pub mod __private {
    pub use crate::handlers::argument::Extractor;
    pub use crate::handlers::attribute::{
        Adapter0, Adapter1, Adapter2, Adapter3, Adapter4, Adapter5, Adapter6, Closure, Declare,
    };
    pub use crate::handlers::gather::{gathered, sift};
    pub use crate::handlers::output::{response, response_needs, response_to, settled};
    pub use crate::handlers::param::{param, param_needs, param_str};
    #[cfg(feature = "openapi")]
    pub use crate::handlers::probe::{Otherwise, Probe};
    pub use crate::handlers::source::{from_param, from_request, to_response};
}
