//! A web framework after Go's gin: an engine, groups, a context, and middleware that runs `next`.
//!
//! # A first app
//!
//! ```no_run
//! use gin::prelude::*;
//!
//! #[get("/hello/:name")]
//! async fn hello(name: &str) -> String {
//!     format!("Hello, {name}!")
//! }
//!
//! #[gin::main]
//! async fn main() -> gin::Result<()> {
//!     gin::default().mount(routes![hello]).run().await
//! }
//! ```
//!
//! [`default()`] is a [`Group`] with a [`Logger`](middleware::Logger) and [`Recovery`](middleware::Recovery); `run` builds an [`Engine`] of it and serves on the inherited
//! socket, else on `$HOST:$PORT`, else on 127.0.0.1:8080, until SIGINT or SIGTERM.
//!
//! # Handlers
//!
//! A handler is an async function of extractors, or of `&mut Context`; a closure will do as well. What an attribute's pattern
//! names is an argument by that name; everything else is made from the request by its type ([`FromContext`](extract::FromContext)).
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! # use serde::{Deserialize, Serialize};
//! #[derive(Deserialize)]
//! struct Page { #[serde(default)] number: u32 }
//!
//! #[derive(Serialize, Deserialize)]
//! struct User { name: String }
//!
//! #[get("/users/:id")]
//! async fn show(id: u64, Query(page): Query<Page>) -> String {
//!     format!("user {id}, page {}", page.number)
//! }
//!
//! #[post("/users")]
//! async fn create(Json(user): Json<User>) -> (StatusCode, Json<User>) {
//!     (StatusCode::CREATED, Json(user))
//! }
//!
//! let app = Group::new("")
//!     .mount(routes![show, create])
//!     .get("/ping", async |cx: &mut Context| cx.json(200, json!({ "message": "pong" })));
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(app);
//! client.get("/users/7?number=2").await.is(200).has_text("user 7, page 2");
//! client.post("/users").json(&json!({ "name": "Ann" })).await.is(201);
//! client.get("/ping").await.has_json(json!({ "message": "pong" }));
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! A closure that takes the context is an async one, `async |cx: &mut Context| …`: the future of `|cx| async move { … }` can't borrow
//! it. What handlers share is a [`State`].
//!
//! `show::url(7)` is `/users/7`, the path of the route itself. Groups with a prefix put theirs before it.
//!
//! # Errors
//!
//! Any [`std::error::Error`] becomes an [`Error`] by `?`: the client gets a 500, the log the cause. All that goes wrong, rejections,
//! 404s, limits and panics included, is one [`Problem`], which is JSON for API clients, a page for browsers, and text for the rest;
//! [`Group::on_error`] puts it into other words.
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! #[get("/orders/:id")]
//! async fn order(id: u32) -> gin::Result<String> {
//!     let text = std::fs::read_to_string("/no/such/orders")?;
//!     text.lines().nth(id as usize).map(str::to_owned).ok_or(gin::Error::new(404, "there is no such order"))
//! }
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").mount(routes![order]));
//! client.get("/orders/7").await.is(500).has_text("500 Internal Server Error\n");
//! client.get("/orders/x").await.is(404);
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Middleware
//!
//! A middleware is an async function of a context and of [`Next`], the rest of the chain. It answers by itself or runs `next`, and
//! may look at the response that comes back. Groups nest, and so do their middlewares, whatever the order of calls.
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! #[derive(Clone)]
//! struct Keys(&'static str);
//!
//! async fn auth(cx: &mut Context, next: Next<'_>) -> Result<Response, StatusCode> {
//!     let Keys(key) = cx.state().ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
//!     if cx.header("x-api-key") != Some(key) {
//!         return Err(StatusCode::UNAUTHORIZED);
//!     }
//!     Ok(next.run(cx).await)
//! }
//!
//! let api = Group::new("/api").with(auth).get("/users", async || "users");
//! let app = Group::new("").state(Keys("secret")).nest(api);
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(app);
//! client.get("/api/users").await.is(401);
//! client.get("/api/users").header("x-api-key", "secret").await.is(200);
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! A middleware that has values of its own, such as the role that it asks for, is a type that implements
//! [`Middleware`](middleware::Middleware).
//!
//! # Responses that take their time
//!
//! [`Body::from_writer`] is a body that is written while the client reads: server-sent events, for example.
//!
//! # What is checked when
//!
//! Patterns and arguments of attribute routes are checked by the compiler. [`Engine::new`] checks the rest, once: routes of equal shape,
//! state that no one gave, and so on, and says all of it with `file:line`. A request that passes these is left with what only it can
//! get wrong.
//!
//! # Serving
//!
//! [`Server`] listens on several sockets at once and speaks HTTP/1.1 and HTTP/2. Its methods set limits and timeouts for clients.
//! When it shuts down, it waits for running requests up to a timeout; see [`server`].

pub mod prelude;

pub mod routing;

pub mod extract;
pub mod failure;
pub mod handlers;
pub mod middleware;
pub mod response;
pub mod server;
pub mod testing;

mod app;
mod connection;
mod content;
mod dispatch;
mod future;
#[cfg(debug_assertions)]
mod report;
mod request;

pub use bytes;
#[doc(inline)]
pub use gin_macros::{any, delete, get, head, main, options, patch, post, put, route};
pub use http;

pub use crate::app::{Group, default};
pub use crate::content::Body;
pub use crate::dispatch::Engine;
pub use crate::extract::{Path, Query, State};
pub use crate::failure::{Error, Problem, Result};
pub use crate::future::BoxFuture;
pub use crate::middleware::Next;
pub use crate::request::Context;
pub use crate::response::{Json, Response};
pub use crate::server::Server;

/// What the expansions of the attributes use. Not part of the API.
#[doc(hidden)]
pub mod __private {
    pub use crate::app::{UrlParam, distinct, url};
    pub use crate::extract::Needs;
    pub use crate::handlers::__private::*;
    pub use crate::server::block_on;
}

/// The README's code, compiled like the rest.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
