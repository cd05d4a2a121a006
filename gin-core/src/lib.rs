//! A web framework with the vocabulary of Go's gin: an engine, groups, a context, and middleware that calls `next`.
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
//! [`default()`] returns a [`Group`] with a [`Logger`](middleware::Logger) and [`Recovery`](middleware::Recovery). `run` builds an
//! [`Engine`] from it and serves until SIGINT or SIGTERM: on the inherited socket, else on `$HOST:$PORT`, else on 127.0.0.1:8080.
//!
//! For those who know another framework, [`guide`] has two pages: [coming from gin](guide::coming_from_gin) and [coming from
//! axum](guide::coming_from_axum), name by name.
//!
//! # Routes
//!
//! `#[get("/users/:id")]` makes a route of a function, [`routes!`] collects routes, and [`Group::mount`] adds them to a group. A group
//! also takes closures and plain functions: `group.get("/ping", handler)`. Groups nest, each with its own prefix, middleware and state.
//! See [`routing`] for patterns, precedence, trailing slashes and the URLs of routes.
//!
//! # Handlers
//!
//! A handler is an async function of extractors, or of `&mut Context`. An argument with the name of a param in the pattern is that
//! param; every other argument is an extractor, chosen by its type. See [`handlers`], [`extract`] and [`response`].
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
//! assert_eq!(show::url(7), "/users/7");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Forms, pages and sessions
//!
//! [`Form`](extract::Form) and [`Query`] read fields as browsers send them, uploads included, and a [`Valid`](extract::Valid) around
//! them checks rules. The problem that a client gets lists all wrong fields. A [`View`](templates::View) renders a template, which
//! [`Engine::new`] has checked, links included. A [`Session`](sessions::Session) keeps values and messages between requests, and
//! [`Cookies`](extract::Cookies) reads and sets cookies. [`Group::files`] serves a directory.
//!
//! ```
//! # use gin::{prelude::*, sessions::Sessions, templates::Templates, testing::Client};
//! #[derive(serde::Deserialize)]
//! struct SignIn { name: String }
//!
//! #[get("/")]
//! async fn home(session: Session) -> gin::Result<View> {
//!     let name: Option<String> = session.get("name")?;
//!     Ok(View::new("home.html", context! { name }))
//! }
//!
//! #[post("/sign-in")]
//! async fn sign_in(session: Session, Form(form): Form<SignIn>) -> gin::Result<Redirect> {
//!     session.renew();
//!     session.insert("name", form.name)?;
//!     session.flash("info", "welcome");
//!     Ok(Redirect::to("/"))
//! }
//!
//! // An app keeps its templates in files: `gin::templates!("templates")`.
//! let page = "{{ name or 'stranger' }}{% for flash in flashes() %}, {{ flash.text }}{% endfor %}";
//! let app = Group::new("")
//!     .with(Sessions::memory())
//!     .templates(Templates::embedded([("home.html", page)]))
//!     .mount(routes![home, sign_in]);
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let browser = Client::new(app).follow_redirects();
//! browser.get("/").await.has_text("stranger");
//! browser.post("/sign-in").form("name=Ann").await.has_text("Ann, welcome");
//! browser.get("/").await.has_text("Ann");
//! browser.post("/sign-in").form("nome=Ann").await.is(422).contains("name: is missing");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Streams and sockets
//!
//! A [`Body`] is made of bytes, of a stream, of a reader, or of a function that writes it. [`Sse`](response::Sse) sends events to a
//! page, and a [`WebSocket`](websocket::WebSocket) takes messages both ways. All of them end when their client leaves, and when the
//! server shuts down.
//!
//! # Middleware
//!
//! A middleware is an async function of the context and of [`Next`], the rest of the chain. It responds by itself or runs `next`, and
//! may change the response that comes back. See [`middleware`].
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! #[derive(Clone)]
//! struct ApiKey(&'static str);
//!
//! async fn auth(cx: &mut Context, next: Next<'_>) -> Result<Response, StatusCode> {
//!     let ApiKey(key) = cx.state().ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
//!     if cx.header("x-api-key") != Some(key) {
//!         return Err(StatusCode::UNAUTHORIZED);
//!     }
//!     Ok(next.run(cx).await)
//! }
//!
//! let api = Group::new("/api").with(auth).get("/users", async || "users");
//! let app = Group::new("").state(ApiKey("secret")).nest(api);
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(app);
//! client.get("/api/users").await.is(401);
//! client.get("/api/users").header("x-api-key", "secret").await.is(200);
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Errors
//!
//! `?` turns any error into an [`Error`]: the client gets a 500, and the log gets the cause. Rejections, 404s, limits
//! and panics have the same shape, a [`Problem`]: JSON for API clients, a page for browsers, text for other clients.
//! [`Group::on_error`] replaces that shape. See [`failure`].
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! #[get("/orders/:id")]
//! async fn order(id: u32) -> gin::Result<String> {
//!     let text = std::fs::read_to_string("/no/such/orders")?;
//!     let line = text.lines().nth(id as usize).or_404()?;
//!     Ok(line.to_owned())
//! }
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").mount(routes![order]));
//! client.get("/orders/7").await.is(500).has_text("500 Internal Server Error\n");
//! client.get("/orders/x").await.is(404);
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Checks
//!
//! The compiler checks the patterns and arguments of attribute routes. [`Engine::new`] checks everything else, once: equal routes,
//! missing state, and so on. It reports all mistakes together, each with `file:line`.
//!
//! # Serving
//!
//! [`Server`] listens on several sockets at once and speaks HTTP/1.1 and HTTP/2. Its methods set timeouts and limits. On shutdown it
//! lets requests finish until a timeout. See [`server`].
//!
//! # Testing
//!
//! [`testing::Client`] sends requests to an engine without a socket. It keeps cookies, follows redirects, sends forms with files, and
//! reads streams, events and the messages of a `WebSocket`.
//!
//! # Features
//!
//! Everything that needs no large crate is always there: JSON, queries, forms, cookies to read, streams and events, guards and CORS,
//! negotiation, the test client. The rest has features; `full` turns on all of them.
//!
//! | feature | items |
//! |---|---|
//! | `files` (default) | [`files`], [`Group::files`], [`Group::spa`], [`Group::file`] |
//! | `embed` | [`embed!`] |
//! | `multipart` | [`Multipart`](extract::Multipart), [`Upload`](extract::Upload), also in a `Form` |
//! | `validation` | [`Valid`](extract::Valid), [`validator`] |
//! | `cookies` | [`cookies`]: setting, signing and encrypting them |
//! | `compression` | [`Compression`](middleware::Compression), [`Decompression`](middleware::Decompression) |
//! | `sessions`, `redis` | [`sessions`], and their store in Redis; [`RateLimit::redis`](middleware::RateLimit::redis) |
//! | `templates` | [`templates`](mod@templates), [`View`](templates::View) |
//! | `websocket` | [`websocket`] |
//! | `metrics` | [`operations::Metrics`] |
//! | `telemetry` | [`operations::Telemetry`] |
//! | `config` | [`config()`], [`operations::Secret`] |
//! | `openapi` | [`openapi`], [`Group::openapi`], [`Engine::openapi`] |
//! | `tower` | [`tower`](mod@tower), [`Group::layer`], [`Group::service`], [`Engine`] as a `Service` |
//! | `anyhow` | `?` on `anyhow::Error` |
//! | `xml`, `yaml`, `toml`, `msgpack`, `cbor`, `bson`, `protobuf` | [`formats`] |

#![cfg_attr(docsrs, feature(doc_cfg))]
// The documentation links to the items of all features.
#![cfg_attr(not(feature = "full"), allow(rustdoc::broken_intra_doc_links))]

pub mod prelude;

// Its pages link to items of all features.
#[cfg(all(feature = "full", any(doc, doctest)))]
pub mod guide;

pub mod routing;

#[cfg(feature = "cookies")]
#[cfg_attr(docsrs, doc(cfg(feature = "cookies")))]
pub mod cookies;
pub mod extract;
pub mod failure;
#[cfg(feature = "files")]
#[cfg_attr(docsrs, doc(cfg(feature = "files")))]
pub mod files;
pub mod formats;
pub mod handlers;
pub mod middleware;
#[cfg(feature = "openapi")]
#[cfg_attr(docsrs, doc(cfg(feature = "openapi")))]
pub mod openapi;
pub mod operations;
pub mod response;
pub mod server;
#[cfg(feature = "sessions")]
#[cfg_attr(docsrs, doc(cfg(feature = "sessions")))]
pub mod sessions;
#[cfg(feature = "templates")]
#[cfg_attr(docsrs, doc(cfg(feature = "templates")))]
pub mod templates;
pub mod testing;
#[cfg(feature = "tls")]
#[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
pub mod tls;
#[cfg(feature = "tower")]
#[cfg_attr(docsrs, doc(cfg(feature = "tower")))]
pub mod tower;
#[cfg(feature = "websocket")]
#[cfg_attr(docsrs, doc(cfg(feature = "websocket")))]
pub mod websocket;

mod app;
mod connection;
mod content;
#[cfg(feature = "openapi")]
mod description;
mod dispatch;
mod future;
#[cfg(feature = "redis")]
mod redis;
#[cfg(debug_assertions)]
mod report;
mod request;

pub use bytes;
#[cfg(feature = "templates")]
#[cfg_attr(docsrs, doc(cfg(feature = "templates")))]
#[doc(inline)]
pub use gin_macros::templates;
#[doc(inline)]
pub use gin_macros::{any, delete, get, head, main, options, patch, post, put, route};
pub use http;
#[cfg(feature = "metrics")]
#[cfg_attr(docsrs, doc(cfg(feature = "metrics")))]
pub use prometheus_client;
#[cfg(feature = "openapi")]
#[cfg_attr(docsrs, doc(cfg(feature = "openapi")))]
pub use schemars;
#[cfg(feature = "validation")]
#[cfg_attr(docsrs, doc(cfg(feature = "validation")))]
pub use validator;

pub use crate::app::{Group, default};
pub use crate::content::Body;
pub use crate::dispatch::Engine;
pub use crate::extract::{Path, Query, State};
pub use crate::failure::{Error, Problem, Result};
pub use crate::future::BoxFuture;
pub use crate::middleware::Next;
#[cfg(feature = "config")]
#[doc(inline)]
#[doc(alias("figment", "viper", "settings", "dotenv", "extract"))]
pub use crate::operations::config;
#[doc(alias("Request", "HttpRequest", "gin.Context"))]
pub use crate::request::Context;
pub use crate::response::{Json, Response};
pub use crate::server::Server;

/// Items for the expansions of the attributes. Not part of the API.
#[doc(hidden)]
pub mod __private {
    pub use crate::app::{
        HasRoute, UrlParam, adapted, adapted_with_views, closed, collected, distinct,
    };
    #[cfg(feature = "openapi")]
    pub use crate::description::{Description, Operation};
    pub use crate::extract::Needs;
    #[cfg(feature = "embed")]
    pub use crate::files::__private::*;
    pub use crate::handlers::__private::*;
    pub use crate::server::block_on;
}

/// The code of the READMEs, compiled like the rest.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../../README.md")]
struct Readme;
