//! Layers and services of tower, inside groups and around engines.
//!
//! | to use | write |
//! |---|---|
//! | a layer around a group, such as those of tower-http | [`Group::layer`](crate::Group::layer) |
//! | a layer where a middleware is taken | [`layer()`] |
//! | a service for everything below a prefix, such as a router of axum or tonic | [`Group::service`](crate::Group::service), with the prefix removed; [`KeepPrefix`] |
//! | a service for one route | [`handler()`] |
//! | an engine inside axum, under a layer, or in another server | [`Engine`](crate::Engine) is a `Service`; [`Engine::handle`](crate::Engine::handle) |
//!
//! ```
//! use axum::{Router, routing::get};
//! use gin::{prelude::*, testing::Client, tower};
//! use tower_http::{compression::CompressionLayer, services::ServeFile, trace::TraceLayer};
//!
//! let old = Router::new().route("/users", get(async || "old users"));
//! let app = Group::new("")
//!     .layer(TraceLayer::new_for_http())
//!     .layer(CompressionLayer::new())
//!     .get("/users", async || "users")
//!     .get("/manifest", tower::handler(ServeFile::new("Cargo.toml")))
//!     .service("/old", old);
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(app);
//! client.get("/users").await.has_text("users");
//! client.get("/old/users").await.has_text("old users");
//! client.get("/manifest").header("accept-encoding", "gzip").await.has_header("content-encoding", "gzip");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! And an engine inside an app on axum, to move one part after the other:
//!
//! ```
//! use gin::{Engine, prelude::*};
//!
//! let engine = Engine::new(Group::new("").get("/users", async || "users"))?;
//! let app: axum::Router = axum::Router::new().fallback_service(engine);
//! # Ok::<(), gin::routing::BuildError>(())
//! ```
//!
//! # Requests
//!
//! A layer or a service gets an `http::Request` with the method, the target, the headers, the extensions and the [`Body`](crate::Body),
//! which ends with an error where it exceeds [`Group::body_limit`](crate::Group::body_limit). The extension [`Matched`] has the route,
//! its params, the state and the client's address.
//!
//! Handlers see what a layer has changed, except for the path: the request is routed already, and its params are parts of that path.
//! To change the path before routing, put the layer around an engine: `Group::new("").service("/", layer.layer(engine))`.
//!
//! An extension that a layer inserts is an [`Extension`](crate::extract::Extension) for handlers. The values of
//! [`Context::extensions_mut`](crate::Context::extensions_mut) are there for layers; those of
//! [`Context::set`](crate::Context::set), which need not be `Clone`, stay with the context. Of two values of one type,
//! `Extension` takes that of `Context::set`. [`given()`] declares one that comes from around the engine.
//!
//! # Calls
//!
//! Each request clones the service, waits until it is ready, and calls it in the task of the request. When the client leaves, the
//! service's future is dropped. The rest of the chain runs inside that future, so that spans, task-locals and `CatchPanicLayer` work. A
//! layer may drop it, as timeouts do, and may run it again, as retries do; see [`NextService`].
//!
//! A layer whose service is not `Clone`, such as tower's `RateLimitLayer`, goes behind a `BufferLayer`.
//!
//! # Errors
//!
//! An error of a layer or a service is a [`gin::Error`](crate::Error): 500 in the shape of the group, with the cause and the line of
//! `layer` or `service` in the log, or the status of a `gin::Error` among its sources. A service that fails before it takes the request
//! is a 503. [`Group::map_error`](crate::Group::map_error) gives the errors of tower their status by type:
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! # use std::time::Duration;
//! use tower::{ServiceBuilder, load_shed::error::Overloaded, timeout::error::Elapsed};
//!
//! let limits = ServiceBuilder::new().load_shed().concurrency_limit(100).timeout(Duration::from_secs(10));
//! let app = Group::new("")
//!     .map_error(|_: &Overloaded| StatusCode::SERVICE_UNAVAILABLE)
//!     .map_error(|_: &Elapsed| StatusCode::GATEWAY_TIMEOUT)
//!     .layer(limits)
//!     .get("/", async || "home");
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! Client::new(app).get("/").await.is(200);
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # gRPC
//!
//! `group.service("/", routes)` takes `tonic::service::Routes`: calls arrive over HTTP/2, and the trailers of the response are sent.
//! Routes of the group win, and tonic responds to methods that nobody has. The limits of the server hold for calls as well:
//! `body_limit` for all messages of a client together, and [`Server::min_body_rate`](crate::Server::min_body_rate) for a stream that
//! waits for the client.
//!
//! # Upgrades
//!
//! A `WebSocket` of axum works inside [`Group::service`](crate::Group::service), over HTTP/1.1 and HTTP/2. axum serves it in a task of
//! its own, which the shutdown of the server neither waits for nor ends.

mod call;
mod engine;
mod given;
mod layer;
mod matched;
mod next_service;
mod passage;
mod service;

pub use given::{Given, given};
pub use layer::{Layered, layer};
#[doc(alias("MatchedPath", "ConnectInfo"))]
pub use matched::Matched;
pub use next_service::NextService;
#[doc(alias("WrapF", "WrapH", "route_service"))]
pub use service::handler;
pub use service::{KeepPrefix, OriginalUri, ServiceHandler};
