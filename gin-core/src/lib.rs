//! A web framework after gin: engine, groups, context, the `Next` onion.

pub mod prelude;

mod group;
mod route;

mod assembly;
mod miss;
mod recover;
mod refusal;

mod context;
mod engine;
mod handler;
pub mod middleware;

mod body;
mod error;
mod extract;
mod problem;
mod response;

mod server;
pub mod testing;

mod activity;
mod clock;
mod connection;
mod intake;
mod keys;
mod limits;
mod listing;
mod outcome;
mod params;
mod proxies;
mod request_body;
mod routing;
mod scope;
mod shapes;
mod stop;
mod upgrade;
mod url;

pub use body::Body;
pub use context::Context;
pub use engine::{BuildError, Engine};
pub use error::{BoxError, Error, Result};
pub use extract::{
    ClientIp, Cookies, Fault, Form, FromContext, Header, Path, Query, Rejection, State,
};
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// #[get("/hello/:name")]
/// async fn hello(name: &str) -> String {
///     format!("Hello, {name}!")
/// }
///
/// #[get("/users/:id")]
/// async fn user(id: u64, method: Method) -> String {
///     format!("{method} {id}")
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").mount(routes![hello, user]));
/// client.get(&hello::url("Ann B")).await.is(200).has_text("Hello, Ann B!");
/// client.get("/users/7").await.is(200).has_text("GET 7");
/// client.get("/users/me").await.is(404);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[doc(inline)]
pub use gin_macros::get;
#[doc(inline)]
pub use gin_macros::{any, delete, head, options, patch, post, put, route};
#[doc(inline)]
pub use gin_router::{Pattern, PatternError};
pub use group::{Group, default};
pub use handler::{Args, BoxFuture, Cx, Handler, IntoHandler, Itself};
pub use intake::BodyError;
pub use listing::RouteEntry;
pub use middleware::{Logger, Next, Recovery};
pub use problem::{Cause, FieldError, Problem};
pub use response::{Html, IntoResponse, IntoStatus, Json, Redirect, Response};
pub use route::Route;
pub use routing::{Routing, TrailingSlash};
pub use server::{Listener, Server};
pub use stop::Stop;
pub use upgrade::Upgraded;

pub use {bytes, http};

/// What the expansions of the attributes use. Not part of the API.
#[doc(hidden)]
pub mod __private {
    pub use crate::extract::{Fit, Input, Needs, Unfit, assert_extractor, param, param_str};
    pub use crate::handler::BoxFuture;
    pub use crate::response::respond;
    pub use crate::shapes::distinct;
    pub use crate::url::{UrlParam, push_rest, push_segment};
}
