//! Attributes for routes and for the main function of gin-core apps.
//!
//! The crate `gin` re-exports all of them; apps do not depend on this one.
//!
//! ```
//! use gin::{prelude::*, testing::Client};
//!
//! #[get("/hello/:name")]
//! async fn hello(name: &str) -> String {
//!     format!("Hello, {name}!")
//! }
//!
//! #[gin::main]
//! async fn main() {
//!     let client = Client::new(Group::new("").mount(routes![hello]));
//!     client.get("/hello/Ann").await.is(200).has_text("Hello, Ann!");
//! }
//! ```
//!
//! An expansion is small: a constant with the route's methods, pattern and handler, and a type whose functions are in gin-core.
//! Whatever can be generic is there, so that it is not compiled again after every edit. Mistakes in an attribute or a signature are compile
//! errors at the tokens that cause them.

mod argument;
mod attribute;
mod call;
mod function;
mod settings;

mod closure;
mod description;
mod expand;
mod handler;
mod start;
mod statuses;
mod templates;
mod views;

mod literal;
mod mistake;
mod tokens;
mod units;
mod written;

use proc_macro::TokenStream;

use crate::attribute::Methods;

/// Turns an async function into a route for `GET`.
///
/// `HEAD` requests use it, too, unless there is a [`head`](macro@head) route of the same shape.
///
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
/// #[gin::main]
/// async fn main() {
///     let client = Client::new(Group::new("").mount(routes![hello, user]));
///     client.get(&hello::url("Ann B")).await.is(200).has_text("Hello, Ann B!");
///     client.get("/users/7").await.is(200).has_text("GET 7");
///     client.get("/users/me").await.is(404);
/// }
/// ```
///
/// # Arguments
///
/// - An argument with the name of a param is that param. It is parsed by `FromStr`, and the response is a 404 if that fails; a `&str`
///   borrows it.
/// - An argument of type `&mut Context` is the request's context.
/// - Any other argument is made from the request by its type, which is an extractor.
///
/// # Settings
///
/// After the pattern: a limit of the body, a timeout, and middleware around this route alone. The three are those of
/// `Route::body_limit`, `Route::timeout` and `Route::with`.
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// async fn auth(cx: &mut Context, next: Next<'_>) -> Result<Response, StatusCode> {
///     match cx.header("x-user") {
///         Some(_) => Ok(next.run(cx).await),
///         None => Err(StatusCode::UNAUTHORIZED),
///     }
/// }
///
/// #[post("/upload", limit = "50MB", timeout = "30s", with = [auth])]
/// async fn upload(file: Bytes) -> String {
///     format!("{} bytes", file.len())
/// }
///
/// #[gin::main]
/// async fn main() {
///     let client = Client::new(Group::new("").mount(routes![upload]));
///     client.post("/upload").body("text").await.is(401);
///     client.post("/upload").body("text").header("x-user", "Ann").await.has_text("4 bytes");
/// }
/// ```
///
/// Units of sizes are `B`, `kB`, `MB`, `GB` (powers of 1000), `KiB`, `MiB` and `GiB` (powers of 1024), those of durations `ms`, `s`,
/// `min` and `h`. An expression takes the place of the text: `limit = 4 << 20`, `timeout = LONG`.
///
/// # Expansion
///
/// The function stays as it is, so tests can call it. The attribute adds a type of the same name, with a constant `ROUTE` for
/// `routes![…]` and two functions. `url(…)` takes the params and returns the route's own path, without the prefixes of its groups.
/// `with(…)` takes what the handler takes of a request, for the client of a test:
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// #[post("/users/:id/name")]
/// async fn rename(id: u64, Json(name): Json<String>) -> Json<String> {
///     Json(format!("{id} is {name}"))
/// }
///
/// #[gin::main]
/// async fn main() {
///     let client = Client::new(Group::new("/api").mount(routes![rename]));
///     let renamed = client.call(rename::with(7, "Ann".to_owned())).await.value();
///     assert_eq!(renamed, "7 is Ann");
/// }
/// ```
///
/// With the feature `openapi`, the function is an operation of the app's document, unless it has `#[doc(hidden)]`.
#[proc_macro_attribute]
pub fn get(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::One("get", "GET"), attribute, function)
}

/// Turns an async function into a route for `POST`.
///
/// Arguments and expansion are those of [`get`](macro@get).
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// #[post("/users")]
/// async fn create(name: String) -> (StatusCode, String) {
///     (StatusCode::CREATED, format!("created {name}"))
/// }
///
/// #[gin::main]
/// async fn main() {
///     let client = Client::new(Group::new("").mount(routes![create]));
///     client.post("/users").body("Ann").await.is(201).has_text("created Ann");
/// }
/// ```
#[proc_macro_attribute]
pub fn post(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::One("post", "POST"), attribute, function)
}

/// Turns an async function into a route for `PUT`.
///
/// Arguments and expansion are those of [`get`](macro@get).
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// #[put("/users/:id")]
/// async fn replace(id: u64, name: String) -> String {
///     format!("replaced {id}: {name}")
/// }
///
/// #[gin::main]
/// async fn main() {
///     let client = Client::new(Group::new("").mount(routes![replace]));
///     client.put("/users/7").body("Ann").await.is(200).has_text("replaced 7: Ann");
/// }
/// ```
#[proc_macro_attribute]
pub fn put(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::One("put", "PUT"), attribute, function)
}

/// Turns an async function into a route for `PATCH`.
///
/// Arguments and expansion are those of [`get`](macro@get).
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// #[patch("/users/:id")]
/// async fn rename(id: u64, name: String) -> String {
///     format!("renamed {id}: {name}")
/// }
///
/// #[gin::main]
/// async fn main() {
///     let client = Client::new(Group::new("").mount(routes![rename]));
///     client.patch("/users/7").body("Ann").await.is(200).has_text("renamed 7: Ann");
/// }
/// ```
#[proc_macro_attribute]
pub fn patch(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::One("patch", "PATCH"), attribute, function)
}

/// Turns an async function into a route for `DELETE`.
///
/// Arguments and expansion are those of [`get`](macro@get).
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// #[delete("/users/:id")]
/// async fn remove(id: u64) -> String {
///     format!("removed {id}")
/// }
///
/// #[gin::main]
/// async fn main() {
///     let client = Client::new(Group::new("").mount(routes![remove]));
///     client.delete("/users/7").await.is(200).has_text("removed 7");
/// }
/// ```
#[proc_macro_attribute]
pub fn delete(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::One("delete", "DELETE"), attribute, function)
}

/// Turns an async function into a route for `HEAD`, in place of the `GET` route of the same shape.
///
/// Arguments and expansion are those of [`get`](macro@get).
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// #[get("/report")]
/// async fn report() -> &'static str {
///     "a long report"
/// }
///
/// #[head("/report")]
/// async fn report_exists() -> StatusCode {
///     StatusCode::NO_CONTENT
/// }
///
/// #[gin::main]
/// async fn main() {
///     let client = Client::new(Group::new("").mount(routes![report, report_exists]));
///     client.get("/report").await.is(200).has_text("a long report");
///     client.head("/report").await.is(204);
/// }
/// ```
#[proc_macro_attribute]
pub fn head(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::One("head", "HEAD"), attribute, function)
}

/// Turns an async function into a route for `OPTIONS`, in place of the engine's own response.
///
/// Arguments and expansion are those of [`get`](macro@get).
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// #[options("/users")]
/// async fn users_options() -> StatusCode {
///     StatusCode::ACCEPTED
/// }
///
/// #[gin::main]
/// async fn main() {
///     let client = Client::new(Group::new("").mount(routes![users_options]));
///     client.request("OPTIONS", "/users").await.is(202);
/// }
/// ```
#[proc_macro_attribute]
pub fn options(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::One("options", "OPTIONS"), attribute, function)
}

/// Turns an async function into a route for every method that no other route of the same shape takes.
///
/// Arguments and expansion are those of [`get`](macro@get).
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// #[get("/users")]
/// async fn users() -> &'static str {
///     "users"
/// }
///
/// #[any("/users")]
/// async fn other(method: Method) -> String {
///     method.to_string()
/// }
///
/// #[gin::main]
/// async fn main() {
///     let client = Client::new(Group::new("").mount(routes![users, other]));
///     client.get("/users").await.is(200).has_text("users");
///     client.delete("/users").await.is(200).has_text("DELETE");
/// }
/// ```
#[proc_macro_attribute]
pub fn any(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::Any, attribute, function)
}

/// Turns an async function into a route for several methods, or for one without an attribute of its own.
///
/// The methods come before the pattern and are written in upper case. Arguments and expansion are those of [`get`](macro@get).
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// #[route(GET, POST, "/search")]
/// async fn search(method: Method) -> String {
///     method.to_string()
/// }
///
/// #[gin::main]
/// async fn main() {
///     let client = Client::new(Group::new("").mount(routes![search]));
///     client.get("/search").await.is(200).has_text("GET");
///     client.post("/search").await.is(200).has_text("POST");
///     client.delete("/search").await.is(405);
/// }
/// ```
#[proc_macro_attribute]
pub fn route(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::Listed, attribute, function)
}

/// Runs an `async fn main()` on a Tokio runtime with one worker thread per core.
///
/// `#[tokio::main]` does the same, but its expansion compiles the runtime's start into the app after every edit. This one is
/// compiled once, with gin-core.
///
/// ```no_run
/// #[gin::main]
/// async fn main() -> gin::Result<()> {
///     gin::default().get("/", async || "hello").run().await
/// }
/// ```
///
/// The function takes no arguments and can return whatever a `main` can.
///
/// ```
/// #[gin::main]
/// async fn main() -> Result<(), std::num::ParseIntError> {
///     let number: u32 = "7".parse()?;
///     assert_eq!(std::future::ready(number).await, 7);
///     Ok(())
/// }
/// ```
#[proc_macro_attribute]
pub fn main(attribute: TokenStream, function: TokenStream) -> TokenStream {
    start::main(&attribute.into(), &function.into()).into()
}

/// Takes the templates in a directory of the package: `templates!("templates")`.
///
/// A debug build reads the files from the directory, wherever the app is started, and a change shows at the next request. A release
/// build contains the files. Every file is a template, except hidden ones; a file that is not UTF-8 is an error.
///
/// Cargo does not see that a file was added to the directory. A release build contains a new file once anything else in the crate
/// has changed, usually the handler that uses it.
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// async fn home() -> View {
///     View::new("home.html", context! { title => "Users", users => ["ann", "tom"] })
/// }
///
/// #[gin::main]
/// async fn main() {
///     let app = Group::new("").templates(gin::templates!("tests/templates")).get("/", home);
///     Client::new(app).get("/").await.is(200).contains("<h1>Users</h1>");
/// }
/// ```
#[proc_macro]
pub fn templates(directory: TokenStream) -> TokenStream {
    templates::templates(directory.into()).into()
}

fn expand(methods: Methods, attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand::route(methods, attribute.into(), function.into()).into()
}
