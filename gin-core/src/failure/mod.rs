//! Everything that goes wrong: errors, and the problems that clients see.
//!
//! There are two types. An [`Error`] is what a handler returns: any error becomes one by `?`. A [`Problem`] is
//! what the client gets: a status, a text, and the fields that are wrong (RFC 9457). Every error becomes a problem in the end,
//! and so do rejections of extractors, 404s, 405s, limits, timeouts and caught panics.
//!
//! # Returning errors
//!
//! An error that `?` passes on is a 500: a [`std::error::Error`], an `anyhow::Error`, a [`BoxError`] and text. It is logged and never
//! sent. [`Error::new`] has a text for the client instead. [`or_404`](OrStatus::or_404) and [`or_status`](OrStatus::or_status) give a
//! missing value, or an error, its status.
//!
//! ```
//! use gin::{prelude::*, testing::Client};
//!
//! #[get("/notes/:id")]
//! async fn note(id: u32) -> gin::Result<String> {
//!     let name = ["none", "groceries"].get(id as usize).or_404()?;
//!     if id == 0 {
//!         return Err(gin::Error::new(403, "the note is locked"));
//!     }
//!     Ok(std::fs::read_to_string(format!("/no/such/notes/{name}"))?)
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").mount(routes![note]));
//! client.get("/notes/7").await.is(404);
//! client.get("/notes/0").await.is(403).contains("the note is locked");
//! client.get("/notes/1").await.is(500).has_text("500 Internal Server Error\n");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Responses by the type of an error
//!
//! [`Group::map_error`](crate::Group::map_error) gives the errors of a type their response, wherever in the group they are passed on.
//! It also finds an error among the sources of another one.
//!
//! ```
//! use gin::{prelude::*, testing::Client};
//! use std::num::ParseIntError;
//!
//! async fn double(text: String) -> gin::Result<String> {
//!     let number: u32 = text.trim().parse()?;
//!     Ok((number * 2).to_string())
//! }
//!
//! let app = Group::new("")
//!     .post("/double", double)
//!     .map_error(|error: &ParseIntError| Problem::new(422).detail(error.to_string()));
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(app);
//! client.post("/double").body("21").await.has_text("42");
//! client.post("/double").body("x").await.is(422).contains("invalid digit");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Describing a problem
//!
//! A `Problem` is a response of its own. It is rendered when the request is known: as `application/problem+json` for API clients,
//! as a page for browsers, as text for the rest.
//!
//! ```
//! use gin::{prelude::*, testing::Client};
//!
//! #[post("/users")]
//! async fn create() -> Problem {
//!     Problem::new(422).detail("the user is incomplete").field("name", "is missing")
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").mount(routes![create]));
//! client.post("/users").header("accept", "application/json").await.is(422).has_json(json!({
//!     "title": "Unprocessable Entity",
//!     "status": 422,
//!     "detail": "the user is incomplete",
//!     "errors": [{ "path": "name", "message": "is missing" }],
//! }));
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Rendering all problems in one place
//!
//! [`Group::on_error`](crate::Group::on_error) replaces the format of every problem in a group.
//!
//! ```
//! use gin::{prelude::*, testing::Client};
//!
//! let app = Group::new("").on_error(|_: &mut Context, problem: &Problem| {
//!     (problem.status(), Json(json!({ "error": problem.title() })))
//! });
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! Client::new(app).get("/nowhere").await.is(404).has_json(json!({ "error": "Not Found" }));
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```

mod body_error;
#[cfg(debug_assertions)]
mod calls;
mod chain;
mod convert;
mod error;
mod field_error;
mod members;
#[cfg(feature = "anyhow")]
mod of_anyhow;
mod of_std;
mod or_status;
mod panic;
mod problem;
mod status;

pub use body_error::BodyError;
#[cfg(debug_assertions)]
pub(crate) use calls::Calls;
pub(crate) use chain::chain;
#[cfg(debug_assertions)]
pub(crate) use chain::texts;
pub use convert::IntoError;
#[doc(alias("AbortWithError", "AppError", "anyhow"))]
pub use error::Error;
pub use error::Result;
#[doc(alias = "SliceValidationError")]
pub use field_error::FieldError;
pub use field_error::Place;
pub use of_std::OfStd;
pub use or_status::OrStatus;
pub(crate) use panic::{Panic, catch_panic, install_panic_hook};
#[doc(alias("HTTPError", "RFC 9457", "RFC 7807", "abort"))]
pub use problem::Problem;
pub use problem::{BoxError, Cause};
pub use status::IntoStatus;
