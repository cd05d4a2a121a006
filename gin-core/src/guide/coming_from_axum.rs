//! gin-core for those who know axum.
//!
//! Both run async functions of extractors on tokio and hyper, and share the types of the crate `http`. A [`Group`] is a `Router`, an
//! extractor is an extractor, and a tuple of status, headers and body is a response. These things differ:
//!
//! - **There is one extractor trait,** [`FromContext`], and the order of arguments does not matter, also for the one that reads the
//!   body.
//! - **Routes are attributes.** `#[get("/users/:id")]` stands at its function, an argument with the name of a param is that param,
//!   and its type takes part in matching. `group.get("/users/:id", handler)` works as well.
//! - **State is given by type** to a group, `group.state(db)`, and missing state is an error of [`Engine::new`], which reports all
//!   mistakes at once with `file:line`. There is no type parameter for the state.
//! - **A middleware is a function,** of the context and [`Next`]. It is around everything in its group, 404 and 405 included.
//! - **Errors have one shape.** A rejection, a 404, a limit, a panic and your own error are all a [`Problem`]: JSON, a page or text,
//!   by what the client accepts.
//! - **One crate has all that a site needs,** behind features: sessions, templates, files, validation, WebSocket, a test client.
//!
//! # A first app
//!
//! ```no_run
//! # use axum::{Router, extract::Path, routing::get};
//! # use tokio::net::TcpListener;
//! # use tower_http::trace::TraceLayer;
//! # async fn shutdown_signal() {}
//! #[tokio::main]
//! async fn main() {
//!     let app = Router::new().route("/hello/{name}", get(hello)).layer(TraceLayer::new_for_http());
//!     let listener = TcpListener::bind("127.0.0.1:8080").await.unwrap();
//!     axum::serve(listener, app).with_graceful_shutdown(shutdown_signal()).await.unwrap();
//! }
//!
//! async fn hello(Path(name): Path<String>) -> String {
//!     format!("Hello, {name}!")
//! }
//! ```
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
//! # A project
//!
//! `cargo gin new` writes a first app, with a test. What axum has in other packages is behind [features](crate#features) of this one:
//!
//! ```console
//! $ cargo gin new albums && cd albums
//! $ cargo add gin-core --features multipart,sessions,templates,validation
//! $ cargo add serde --features derive
//! $ cargo gin dev
//! ```
//!
//! Handlers, groups, responses and most extractors are in [`gin::prelude`](crate::prelude). All else is in the module of its subject, such
//! as `gin::middleware::Timeout`, `gin::extract::Valid`, `gin::files::Dir`, `gin::response::Sse`, `gin::cookies::Cookie`,
//! `gin::server::Listener` or `gin::testing::Client`.
//!
//! # Routers
//!
//! ```no_run
//! # use axum::{Router, extract::{Request, State}, middleware::{Next, from_fn}, response::Response, routing::get};
//! # #[derive(Clone)] struct Db;
//! # async fn auth(request: Request, next: Next) -> Response { next.run(request).await }
//! # async fn list(State(_): State<Db>) {}
//! # async fn create() {}
//! # async fn not_found() {}
//! # let db = Db;
//! let api = Router::new().route("/users", get(list).post(create)).route_layer(from_fn(auth));
//! let app = Router::new().nest("/api", api).fallback(not_found).with_state(db);
//! # let _: Router<()> = app;
//! ```
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! # #[derive(Clone)] struct Db;
//! # async fn auth(cx: &mut Context, next: Next<'_>) -> Response { next.run(cx).await }
//! # async fn list(State(_): State<Db>) -> &'static str { "users" }
//! # async fn create() -> StatusCode { StatusCode::CREATED }
//! # async fn not_found() -> (StatusCode, &'static str) { (StatusCode::NOT_FOUND, "nothing here") }
//! # let db = Db;
//! let api = Group::new("/api").with(auth).get("/users", list).post("/users", create);
//! let app = Group::new("").nest(api).fallback(not_found).state(db);
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(app);
//! client.get("/api/users").await.has_text("users");
//! client.post("/api/users").await.is(201);
//! client.get("/x").await.is(404).has_text("nothing here");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! | axum | gin-core |
//! |---|---|
//! | `Router::new()` | [`Group::new("")`](Group::new), or [`gin::default()`](crate::default()) with a log and [`Recovery`] |
//! | `route("/users", get(list).post(create))` | [`Group::get`], [`Group::post`] and so on; or [`#[get]`](crate::get) and [`Group::mount`] |
//! | `/{id}`, `/{*rest}`, `{{` | `/:id`, `/*rest`, `\:`; see [routing](crate::routing) |
//! | `on(MethodFilter, …)`, `any` | [`Route::new`], [`Group::any`] |
//! | `nest("/api", router)`, `merge(router)` | [`Group::nest`]: the prefix is in the group, `Group::new("/api")`, or empty |
//! | `layer`, `route_layer` | [`Group::with`], and [`Route::with`](crate::routing::Route::with) for one route; [`Group::layer`] for layers of tower |
//! | `with_state`, `FromRef` | [`Group::state`], once for each type |
//! | `fallback` | [`Group::fallback`], for each group |
//! | `method_not_allowed_fallback` | 405 is a [`Problem`]: [`Group::on_error`] |
//! | `nest_service`, `route_service`, `fallback_service` | [`Group::service`], and [`tower::handler`](crate::tower::handler) for one route; for files [`Group::files`], [`Group::spa`], [`Group::file`] |
//! | `NormalizePathLayer` | [`Routing::trailing_slash`], [`Routing::fix_paths`] |
//! | `TypedPath` of axum-extra | `show::url(7)`, and `url('show', id = 7)` in a template |
//! | `axum::serve`, `with_graceful_shutdown` | [`Group::run`], or a [`Server`], which shuts down gracefully by itself |
//! | `into_make_service_with_connect_info` | not needed: [`Context::remote_addr`] |
//! | `#[debug_handler]` | the attributes of routes have these messages |
//!
//! # Extractors
//!
//! ```no_run
//! # use axum::{Json, extract::{Path, Query, State}, http::StatusCode, response::{IntoResponse, Response}, routing::post};
//! # #[derive(Clone)] struct Db;
//! # impl Db { async fn insert(&self, _: u64, item: Item) -> Result<Item, AppError> { Ok(item) } }
//! # #[derive(serde::Deserialize)] struct Options { draft: bool }
//! # #[derive(serde::Serialize, serde::Deserialize)] struct Item;
//! # struct AppError;
//! # impl IntoResponse for AppError { fn into_response(self) -> Response { StatusCode::CONFLICT.into_response() } }
//! # axum::Router::new().route("/", post(create)).with_state(Db).into_make_service();
//! async fn create(
//!     State(db): State<Db>,
//!     Path(shop): Path<u64>,
//!     Query(options): Query<Options>,
//!     Json(item): Json<Item>,
//! ) -> Result<(StatusCode, Json<Item>), AppError> {
//!     let status = if options.draft { StatusCode::ACCEPTED } else { StatusCode::CREATED };
//!     Ok((status, Json(db.insert(shop, item).await?)))
//! }
//! ```
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! # use serde::{Deserialize, Serialize};
//! # #[derive(Clone)] struct Db;
//! # impl Db { async fn insert(&self, _: u64, item: Item) -> std::io::Result<Item> { Ok(item) } }
//! #[derive(Deserialize)]
//! struct Options {
//!     draft: bool,
//! }
//!
//! #[derive(Serialize, Deserialize)]
//! struct Item {
//!     name: String,
//! }
//!
//! #[post("/shops/:shop/items")]
//! async fn create(
//!     State(db): State<Db>,
//!     shop: u64,
//!     Query(options): Query<Options>,
//!     Json(item): Json<Item>,
//! ) -> gin::Result<(StatusCode, Json<Item>)> {
//!     let status = if options.draft { StatusCode::ACCEPTED } else { StatusCode::CREATED };
//!     Ok((status, Json(db.insert(shop, item).await?)))
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").state(Db).mount(routes![create]));
//! client.post("/shops/7/items?draft=1").json(&json!({ "name": "pen" })).await.is(202);
//! client.post("/shops/x/items").json(&json!({ "name": "pen" })).await.is(404);
//! client.post("/shops/7/items").json(&json!({ "nome": "pen" })).await.is(422).contains("name");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! | axum | gin-core |
//! |---|---|
//! | `Path<T>` | an argument with the name of the param, or [`Path`] |
//! | `RawPathParams` | [`Context::params`], [`ParamBytes`] |
//! | `Query`, `RawQuery`, `OptionalQuery` | [`Query`], [`Context::query_string`], `Option<Query<T>>` |
//! | `Form`, `RawForm` | [`Form`], `Bytes`; repeated names are a `Vec`, as with the `Form` of axum-extra |
//! | `Json` | [`Json`], with the place of what is wrong |
//! | `Multipart`, `TypedMultipart` | [`Multipart`], or [`Form`] with fields of type [`Upload`] |
//! | `DefaultBodyLimit`, `RequestBodyLimitLayer` | [`Group::body_limit`], for streamed bodies, too |
//! | `State`, `FromRef` | [`State`], one for each type |
//! | `Extension` | [`Extension`]; [`Engine::new`] knows the middleware that [provides](Middleware::provides) it |
//! | `ConnectInfo<SocketAddr>`, axum-client-ip | [`Context::remote_addr`], [`ClientIp`] behind [`Proxies`] |
//! | `MatchedPath`, `NestedPath`, `OriginalUri` | [`Context::pattern`], [`Context::path`], which is never shortened |
//! | `Host`, `Scheme` | [`Context::host`], [`Context::scheme`] |
//! | `TypedHeader` | [`Header`] with a struct of the fields, or [`Context::header`] |
//! | `CookieJar`, `SignedCookieJar`, `PrivateCookieJar` | [`Cookies`], [`SignedCookies`], [`PrivateCookies`]: handles that need not be returned |
//! | `Cached` | [`Context::cached`] |
//! | `Method`, `Uri`, `HeaderMap`, `Version` | `Method`, `Uri`, `HeaderMap`, [`Context::version`] |
//! | `Request`, `Parts` | [`&mut Context`](Context), beside extractors or alone |
//! | `Bytes`, `String`, `Body` | the same |
//! | `Option<T>`, `Result<T, T::Rejection>` | the same; `None` is an absent value, and a wrong one is rejected |
//! | `WithRejection` | [`Group::on_error`] |
//! | `FromRequest`, `FromRequestParts`, `OptionalFromRequest` | [`FromContext`], which also declares its [`Needs`] |
//! | `#[derive(FromRequest)]` | implement [`FromContext`] |
//! | `WebSocketUpgrade` | [`WebSocket`] |
//! | `Protobuf`, axum-serde | [`formats`](crate::formats) |
//! | axum-valid, `garde` | [`Valid`] |
//!
//! # Responses
//!
//! | axum | gin-core |
//! |---|---|
//! | `IntoResponse`, tuples, `AppendHeaders` | [`IntoResponse`], the same tuples, [`AppendHeaders`]; a number is a status: `(404, "no")` |
//! | `IntoResponseParts` | a `HeaderMap` or an array of pairs; [`Cookies`] need no part of the response |
//! | `Html`, `Json`, `Redirect`, `NoContent` | [`Html`], [`Json`], [`Redirect`], `204` |
//! | `Redirect::to`, `temporary`, `permanent` | the same: 303, 307, 308 |
//! | `ErasedJson` | [`Context::json`], `serde_json::Value` |
//! | `Attachment`, `FileStream` | [`Attachment`], [`File`] |
//! | `Sse`, `Event`, `KeepAlive` | [`Sse`], [`Event`]; comments are sent by themselves |
//! | `Body::from_stream`, `AsyncReadBody` | [`Body::from_stream`], [`Body::from_reader`], [`Body::from_writer`] |
//! | `body.into_data_stream()`, `to_bytes` | [`Body::into_data_stream`], [`Body::collect_bytes`] |
//! | askama, minijinja by hand | [`View`] and [`Templates`]; askama by [`Html`] |
//! | `ServeDir`, `ServeFile` | [`Group::files`], [`Group::file`], [`Dir`], [`File`] |
//! | `ServeDir` with `not_found_service` | [`Group::spa`] |
//! | rust-embed, include_dir | [`embed!`](crate::embed!), [`Dir::embedded`] |
//! | `Either` | `Result<A, B>`, or [`Response`] |
//! | JSON lines | [`Body::from_stream`] or [`Body::from_writer`] |
//!
//! # Middleware
//!
//! ```no_run
//! # use axum::{Router, extract::{Request, State}, http::{HeaderMap, StatusCode}, middleware::{Next, from_fn_with_state}, response::Response};
//! # #[derive(Clone)] struct User;
//! # #[derive(Clone)] struct Db;
//! # impl Db { fn user(&self, _: &HeaderMap) -> Option<User> { Some(User) } }
//! # let (router, db) = (Router::<()>::new(), Db);
//! async fn auth(State(db): State<Db>, mut request: Request, next: Next) -> Result<Response, StatusCode> {
//!     let user = db.user(request.headers()).ok_or(StatusCode::UNAUTHORIZED)?;
//!     request.extensions_mut().insert(user);
//!     Ok(next.run(request).await)
//! }
//!
//! let app = router.layer(from_fn_with_state(db, auth));
//! ```
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! # #[derive(Clone)] struct User(String);
//! # #[derive(Clone)] struct Db;
//! # impl Db { fn user(&self, headers: &HeaderMap) -> Option<User> { Some(User(headers.get("x-user")?.to_str().ok()?.into())) } }
//! async fn auth(cx: &mut Context, next: Next<'_>) -> Result<Response, StatusCode> {
//!     let user = cx.state::<Db>().and_then(|db| db.user(cx.headers())).ok_or(StatusCode::UNAUTHORIZED)?;
//!     cx.set(user);
//!     Ok(next.run(cx).await)
//! }
//!
//! #[get("/me")]
//! async fn me(Extension(User(name)): Extension<User>) -> String {
//!     name
//! }
//!
//! let app = Group::new("").state(Db).with(auth).mount(routes![me]);
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(app);
//! client.get("/me").await.is(401);
//! client.get("/me").header("x-user", "Ann").await.has_text("Ann");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! | axum and tower-http | gin-core |
//! |---|---|
//! | `from_fn` | the function itself: [`Group::with`] |
//! | `from_fn_with_state` | the function itself, which has [`Context::state`]; [`with_fn`](crate::middleware::with_fn) for a value of its own |
//! | `map_request`, `map_response` | a function that changes the context before, or the response after [`Next::run`] |
//! | `from_extractor` | an argument, or a function that calls [`FromContext::from_context`] |
//! | `tower::Layer`, `tower::Service`, `ServiceBuilder` | [`Group::layer`] takes them all, and an [`Engine`] is a `Service`; see [`gin::tower`](mod@crate::tower). [`Middleware`] for an own type with values |
//! | `TraceLayer` | [`Logger`], and the crate `tracing` |
//! | `CatchPanicLayer` | [`Recovery`] |
//! | `CorsLayer` | [`Cors`] |
//! | `HandleErrorLayer`, `HandleError` | not needed: a middleware returns a response, and an error of a layer is a [`Problem`] with a status by [`Group::map_error`] |
//! | `ValidateRequestHeaderLayer`, `AsyncRequireAuthorizationLayer` | [`bearer`], [`BasicAuth`], or a function of a few lines |
//! | `TypedHeader<Authorization<Bearer>>` | [`bearer`], whose user is an [`Extension`] |
//! | axum-csrf, `CsrfLayer` | [`Csrf`] |
//! | `SetResponseHeaderLayer` | a function of a few lines; [`SecurityHeaders`] and [`Csp`] for those of browsers |
//! | `TimeoutLayer` | [`Timeout`] |
//! | `SetRequestIdLayer`, `PropagateRequestIdLayer` | [`RequestId`] |
//! | `ConcurrencyLimitLayer`, `LoadShedLayer` | [`ConcurrencyLimit`], with a queue |
//! | `tower_governor` | [`RateLimit`] |
//! | `CompressionLayer`, `RequestDecompressionLayer` | [`Compression`], [`Decompression`] |
//! | axum-server with rustls | [`Server::tls`](crate::Server::tls) |
//! | axum-prometheus, axum-tracing-opentelemetry | [`operations::Metrics`](crate::operations::Metrics), [`operations::Trace`](crate::operations::Trace) |
//! | utoipa, aide | [`Group::openapi`], from the attributes alone |
//! | tower-sessions | [`Sessions`] and [`Session`], over any of its stores |
//! | axum-messages, axum-flash | [`Session::flash`] |
//!
//! # Errors
//!
//! ```no_run
//! # use axum::{http::StatusCode, response::{IntoResponse, Response}};
//! struct AppError(anyhow::Error);
//!
//! impl IntoResponse for AppError {
//!     fn into_response(self) -> Response {
//!         tracing::error!("{:#}", self.0);
//!         (StatusCode::INTERNAL_SERVER_ERROR, "something went wrong").into_response()
//!     }
//! }
//!
//! impl<E: Into<anyhow::Error>> From<E> for AppError {
//!     fn from(error: E) -> AppError {
//!         AppError(error.into())
//!     }
//! }
//! ```
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! // Nothing of that is needed: `?` takes any error, logs it, and sends a 500 without its text.
//! #[get("/notes/:id")]
//! async fn note(id: u64) -> gin::Result<String> {
//!     let note = std::fs::read_to_string(format!("/no/such/notes/{id}")).or_404()?;
//!     Ok(note)
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").mount(routes![note]));
//! client.get("/notes/7").header("accept", "application/json").await.is(404).has_json(json!({
//!     "title": "Not Found",
//!     "status": 404,
//! }));
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! | axum | gin-core |
//! |---|---|
//! | an `AppError` with `From` and `IntoResponse` | [`gin::Result`](crate::Result) and [`Error`]; `anyhow::Error` with the feature `anyhow` |
//! | an enum of errors with a status each | it implements [`IntoResponse`], or [`Group::map_error`] gives its responses |
//! | `.map_err(\|_\| StatusCode::NOT_FOUND)?` | [`or_404`](crate::failure::OrStatus::or_404), [`or_status`](crate::failure::OrStatus::or_status) |
//! | `ErrorResponse`, `response::Result` | [`gin::Result`](crate::Result) |
//! | `JsonRejection` and the others | [`Rejection`], whose [`Problem`] lists the fields |
//! | a body of one's own for rejections and 404s | [`Group::on_error`] |
//!
//! # Streams and sockets
//!
//! ```no_run
//! # use axum::{extract::ws::WebSocketUpgrade, response::Response, routing::any};
//! # axum::Router::<()>::new().route("/", any(echo));
//! async fn echo(ws: WebSocketUpgrade) -> Response {
//!     ws.on_upgrade(|mut socket| async move {
//!         while let Some(Ok(message)) = socket.recv().await {
//!             if socket.send(message).await.is_err() {
//!                 return;
//!             }
//!         }
//!     })
//! }
//! ```
//!
//! ```
//! # use gin::{prelude::*, testing::Client, websocket::WebSocket};
//! #[get("/echo")]
//! async fn echo(ws: WebSocket) -> Response {
//!     ws.on_upgrade(async |mut socket| {
//!         while let Some(message) = socket.recv().await {
//!             socket.send(message).await?;
//!         }
//!         Ok(())
//!     })
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").mount(routes![echo]));
//! let mut socket = client.websocket("/echo").await.unwrap();
//! socket.send("hello").await;
//! assert_eq!(socket.recv().await.unwrap().as_text(), Some("hello"));
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Pings and pongs are handled, so `recv` returns texts and bytes only. Pages of other origins are refused, quiet clients are pinged,
//! and a shutdown closes with 1001. [`Sse`] ends with the shutdown as well.
//!
//! # Tests
//!
//! ```no_run
//! # use axum::{body::Body, http::{Request, StatusCode}};
//! # use http_body_util::BodyExt;
//! # use tower::ServiceExt;
//! # let app = axum::Router::<()>::new();
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let response = app
//!     .oneshot(Request::get("/hello/Ann").body(Body::empty()).unwrap())
//!     .await
//!     .unwrap();
//! assert_eq!(response.status(), StatusCode::OK);
//! let body = response.into_body().collect().await.unwrap().to_bytes();
//! assert_eq!(&body[..], b"Hello, Ann!");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! # fn app() -> Group { Group::new("").get("/hello/:name", async |Path(name): Path<String>| format!("Hello, {name}!")) }
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! Client::new(app()).get("/hello/Ann").await.is(200).has_text("Hello, Ann!");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! | axum | gin-core |
//! |---|---|
//! | axum-test | [`Client`]: JSON, forms, uploads, cookies, redirects, events, WebSockets |
//! | `tower::ServiceExt::oneshot` | [`Engine::handle`] |
//! | a request that is written again beside the route | [`Client::call`]: `client.call(create::with(7, new))` takes what the handler takes |
//! | a middleware by itself | [`Rest`](crate::testing::Rest), [`testing::context`](crate::testing::context) |
//!
//! # Different on purpose
//!
//! | axum | gin-core | reason |
//! |---|---|---|
//! | the extractor of the body comes last | any order | the context keeps the body, so nothing is moved out of a request |
//! | the first rejection ends the request | fields that are wrong in several extractors are in one problem | a form shows all of its errors at once |
//! | a param that does not parse is 400 | another route may match, else 404 | `/users/ann` is a path that does not exist |
//! | `Query` and `Form` do not read repeated names as a `Vec`, nor `on` as a `bool` | they read both, and nested names | browsers send them |
//! | `layer` is around routes that were added before it | [`Group::with`] is around all, in any order | a route that is added late is not left without its guard |
//! | `Router::new()` panics for a conflict, at its first one | [`Engine::new`] returns all of them | one start shows everything to mend |
//! | a missing `Extension` is a 500 at its first request | an error of [`Engine::new`] | likewise |
//! | rejections are English text | problems with a code and a path for each field | clients can show them, and [`Group::messages`] translates them |
//! | `WebSocketUpgrade` accepts every origin | only the app's own | browsers let any page connect, with cookies |
//! | a store of sessions has the ids that the cookies have | it has only their hashes | a copy of the store opens no session |
//! | `axum::serve` has no timeouts | [`Server`] has them, with defaults | slow clients hold nothing |
//! | `CompressionLayer` compresses everything | [`Compression`] leaves alone what a page of another site requests with cookies | BREACH |

use crate::app::Route;
use crate::cookies::{PrivateCookies, SignedCookies};
use crate::extract::{
    ClientIp, Cookies, Extension, Form, FromContext, Header, Multipart, Needs, ParamBytes, Path,
    Query, Rejection, State, Upload, Valid,
};
use crate::files::{Attachment, Dir, File};
use crate::middleware::{
    BasicAuth, Compression, ConcurrencyLimit, Cors, Csp, Csrf, Decompression, Logger, Middleware,
    Next, RateLimit, Recovery, RequestId, SecurityHeaders, Timeout, bearer,
};
use crate::request::{Proxies, Routing};
use crate::response::{AppendHeaders, Event, Html, IntoResponse, Redirect, Sse};
use crate::sessions::{Session, Sessions};
use crate::templates::{Templates, View};
use crate::testing::Client;
use crate::websocket::WebSocket;
use crate::{Body, Context, Engine, Error, Group, Json, Problem, Response, Server};
