//! OpenAPI: a document of the app's routes, made from their attributes alone, and a page to try them.
//!
//! [`Group::openapi`](crate::Group::openapi) serves a document of OpenAPI 3.1, and beside it a page without outside assets.
//! [`Engine::openapi`](crate::Engine::openapi) returns the document of the whole app.
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! use gin::schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize, JsonSchema)]
//! #[schemars(crate = "gin::schemars")]
//! struct User { name: String }
//!
//! /// Returns a user.
//! ///
//! /// The id is a number.
//! #[get("/users/:id")]
//! async fn show(id: u32) -> gin::Result<Json<User>> {
//!     let user = (id == 7).then(|| User { name: "Ann".to_owned() });
//!     Ok(Json(user.or_404()?))
//! }
//!
//! /// Creates a user.
//! #[post("/users")]
//! async fn create(Json(user): Json<User>) -> (StatusCode, Json<User>) {
//!     (StatusCode::CREATED, Json(user))
//! }
//!
//! let app = Group::new("").mount(routes![show, create]).openapi("/api/openapi.json");
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(app);
//! let document: serde_json::Value = client.get("/api/openapi.json").await.json();
//! let show = &document["paths"]["/users/{id}"]["get"];
//! assert_eq!(show["summary"], "Returns a user.");
//! assert_eq!(show["parameters"][0]["schema"]["format"], "uint32");
//! assert!(document["paths"]["/users"]["post"]["responses"]["201"].is_object());
//! client.get("/api/openapi").await.is(200).contains("<!doctype html>");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Sources
//!
//! | part of the document | from |
//! |---|---|
//! | path, method, params | the attribute, and the types of the arguments that are params |
//! | summary, description, `deprecated` | the function's doc comment and its `#[deprecated]` |
//! | tags | the prefixes of the groups around the route |
//! | parameters, bodies, their problems | the extractors |
//! | schemas, with the rules of `#[validate(…)]` | types that derive [`JsonSchema`](schemars::JsonSchema); any other type is `{}` |
//! | responses | the return type |
//! | the status of `(StatusCode, T)`, of `or_404` and so on | the function's body, where it names the status |
//! | security, further problems, headers | the middleware around the route |
//! | `x-body-limit`, in bytes | `limit = "…"`, [`Route::body_limit`](crate::routing::Route::body_limit) and that of its groups, if one is set |
//! | title, version, license, contact, servers, descriptions of tags | [`OpenApi`] |
//!
//! A function with `#[doc(hidden)]` is not in the document.
//!
//! # Middleware
//!
//! An operation has what the middleware around its own route adds, that of its groups included:
//!
//! | middleware | adds |
//! |---|---|
//! | [`BasicAuth`](crate::middleware::BasicAuth) | the scheme `basic`, 401 with `WWW-Authenticate`; 407 for a proxy |
//! | [`bearer`](crate::middleware::bearer) | the scheme `bearer`, which may be optional; 400, 401, and what the check may fail with |
//! | [`Csrf`](crate::middleware::Csrf) | 403, of methods that change something |
//! | [`RateLimit`](crate::middleware::RateLimit) | 429 with `Retry-After`; `RateLimit` and `RateLimit-Policy` |
//! | [`ConcurrencyLimit`](crate::middleware::ConcurrencyLimit) | 503 with `Retry-After` |
//! | [`Timeout`](crate::middleware::Timeout), `timeout = "…"` | 503, or the status that it sends |
//! | [`RequestId`](crate::middleware::RequestId) | its header |
//! | `Decompression` | 415 with `Accept-Encoding` |
//!
//! A session is not a login, so `Sessions` adds no scheme. An extractor of the app that requires a user adds its own, as in this
//! example, and so does a middleware by [`Middleware::describe`](crate::middleware::Middleware::describe):
//!
//! ```
//! # use gin::{openapi::Operation, prelude::*};
//! struct SignedIn(String);
//!
//! impl FromContext for SignedIn {
//!     type Rejection = StatusCode;
//!
//!     async fn from_context(cx: &mut Context) -> Result<SignedIn, StatusCode> {
//!         let name = cx.cookie("user").ok_or(StatusCode::UNAUTHORIZED)?;
//!         Ok(SignedIn(name.to_string()))
//!     }
//!
//!     fn describe(operation: &mut Operation) {
//!         operation.security("cookie", json!({ "type": "apiKey", "in": "cookie", "name": "user" }));
//!         operation.response(401);
//!     }
//! }
//!
//! #[get("/me")]
//! async fn me(user: SignedIn) -> String {
//!     user.0
//! }
//!
//! let document = Group::new("").mount(routes![me]).build()?.openapi();
//! assert_eq!(document["paths"]["/me"]["get"]["security"], json!([{ "cookie": [] }]));
//! # Ok::<(), gin::routing::BuildError>(())
//! ```
//!
//! # Types
//!
//! A type that derives [`JsonSchema`](schemars::JsonSchema) has its name, doc comments, defaults and `#[schemars(example = …)]` in
//! the document, and an enum its variants. Types of other crates, such as `Uuid` (`format: uuid`) and `DateTime` (`date-time`), have
//! schemas by the features of the crate `schemars`: `schemars = { version = "1", features = ["uuid1", "chrono04"] }`.
//!
//! # Limits
//!
//! Routes that are not made by attributes, `group.get("/ping", …)` for example, are not in the document. An error whose status only
//! the code knows, such as a [`gin::Result`](crate::Result), is the `default` response.
//!
//! A type of the app adds what it knows in [`FromContext::describe`](crate::extract::FromContext::describe),
//! [`IntoResponse::describe`](crate::response::IntoResponse::describe) or
//! [`Middleware::describe`](crate::middleware::Middleware::describe).

mod document;
mod group;
mod operations;
mod outline;
mod page;
mod paths;
mod responses;
mod served;
mod settings;

#[doc(alias("Swagger", "swaggo", "utoipa", "aide", "okapi"))]
pub use settings::OpenApi;

pub use crate::description::Operation;
