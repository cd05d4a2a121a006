//! Routing: groups, routes, patterns, and the rules for requests that no route takes.
//!
//! # Patterns
//!
//! | pattern | matches |
//! |---|---|
//! | `/users` | that path |
//! | `/users/:id`, `/user_:id` | one segment or the rest of one, not empty, as the param `id` |
//! | `/files/*path` | the rest of the path, as the param `path` |
//! | `/\:literal`, `/\*literal` | the characters `:` and `*` |
//!
//! For each segment static text wins over a param after static text, that over a whole param, and that over a catch-all. The
//! search backtracks: a path is a miss only if no pattern matches it. Two patterns conflict only if they are equal apart from the
//! names of their params. Values are percent-decoded once.
//!
//! In an attribute route, the type of a param takes part: `id: u64` leaves `/users/ann` to the next pattern that matches. The rest
//! of a path is relative, without a slash at its start, and has no `.` and `..`, so that it can be joined to a directory.
//! [`Segments`](crate::extract::Segments) is a list of it to match on.
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! #[get("/users/:id")]
//! async fn user(id: String) -> String {
//!     format!("user {id}")
//! }
//!
//! #[get("/users/me")]
//! async fn me() -> &'static str {
//!     "you"
//! }
//!
//! #[get("/files/*path")]
//! async fn file(path: String) -> String {
//!     format!("file {path}")
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").mount(routes![user, me, file]));
//! client.get("/users/me").await.has_text("you");
//! client.get("/users/a%20b").await.has_text("user a b");
//! client.get("/files/a/b").await.has_text("file a/b");
//! assert_eq!(user::url("Ann B"), "/users/Ann%20B");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Groups
//!
//! A [`Group`] is plain data: a prefix, middleware, routes, children, state. The order of calls does not matter. An [`Engine`] is
//! built from a group, once, and reports everything that is wrong with it.
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! let admin = Group::new("/admin").get("/", async || "admin").fallback(async || "no such admin page");
//! let app = Group::new("").nest(admin).get("/", async || "home");
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(app);
//! client.get("/admin/").await.has_text("admin");
//! client.get("/admin/x").await.has_text("no such admin page");
//! client.get("/x").await.is(404);
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Requests that no route takes
//!
//! `HEAD` falls back to `GET`, `OPTIONS` is 204 with `Allow`, and a path that other methods take is 405 with `Allow`. A path that
//! differs by its trailing slash is redirected. [`Routing`] turns each of these off.
//!
//! The settings and the middleware of these responses are those of the routes that match the path: what all of them have in
//! common. A CORS preflight gets those of the route that it is for. For a 404 it is the nearest group by its prefix, or the group
//! around it whose fallback responds.
//!
//! # URLs
//!
//! `show::url(7)` is the path of a route as its attribute has it. [`url!`](crate::url) adds the prefixes of its groups:
//! `url!(cx, show(7))?`.
//!
//! # Settings of a route
//!
//! A route has middleware, a limit of bodies and a timeout of its own by [`Route::with`], [`Route::body_limit`] and
//! [`Route::timeout`], or in its attribute: `#[post("/upload", limit = "50MB", timeout = "30s", with = [audit])]`.

pub use gin_router::{Pattern, PatternError};

#[doc(alias("Router", "RouterGroup", "Scope", "App", "IRouter", "IRoutes"))]
pub use crate::app::Group;
pub use crate::app::{AttributeRoute, BuildError, Route, Routes, UrlError, default};
pub use crate::dispatch::Engine;
#[doc(alias = "RouteInfo")]
pub use crate::dispatch::RouteEntry;
#[doc(alias("SetTrustedProxies", "TrustedPlatform"))]
pub use crate::request::Proxies;
#[doc(alias(
    "RedirectTrailingSlash",
    "RedirectFixedPath",
    "NormalizePath",
    "HandleMethodNotAllowed",
    "RemoveExtraSlash"
))]
pub use crate::request::Routing;
pub use crate::request::TrailingSlash;
pub use crate::routes;
#[doc(alias("uri", "url_for", "reverse"))]
pub use crate::url;
