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
//! | security, further problems | the middleware around the route |
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

pub use settings::OpenApi;

pub use crate::description::Operation;
