//! Templates: pages that are rendered from files.
//!
//! A [`Group`](crate::Group) has [`Templates`], and a handler returns a [`View`]: the name of a template and its values. The
//! language is that of Jinja, by [`minijinja`](https://docs.rs/minijinja).
//!
//! ```
//! # use gin::{prelude::*, templates::Templates, testing::Client};
//! #[get("/users/:id")]
//! async fn show(id: u32) -> View {
//!     View::new("users/show.html", context! { id, name => "Ann" })
//! }
//!
//! #[get("/")]
//! async fn home() -> View {
//!     View::new("home.html", ())
//! }
//!
//! # fn app() -> Group {
//! let templates = Templates::embedded([
//!     ("layout.html", "<title>{% block title %}{% endblock %}</title>{% block main %}{% endblock %}"),
//!     ("home.html", "{% extends 'layout.html' %}{% block main %}<a href=\"{{ url('show', id = 7) }}\">Ann</a>{% endblock %}"),
//!     ("users/show.html", "{% extends 'layout.html' %}{% block title %}{{ name }}{% endblock %}"),
//! ]);
//! Group::new("").templates(templates).mount(routes![home, show])
//! # }
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! # let client = Client::new(app());
//! # client.get("/users/7").await.is(200).has_text("<title>Ann</title>");
//! # client.get("/").await.contains("/users/7");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Files
//!
//! An app keeps its templates in a directory, usually `templates` beside `Cargo.toml`, and names it in one line:
//!
//! ```
//! # use gin::prelude::*;
//! # let app = gin::default()
//!     .templates(gin::templates!("tests/templates"))
//! # ;
//! # assert!(app.build().is_ok());
//! ```
//!
//! In debug builds the files are read from that directory, wherever the app is started, and a change shows at the next request. A
//! release build contains the files, so that the program alone is enough. [`Templates::new`] reads a directory in release builds
//! as well.
//!
//! # Checks
//!
//! [`Engine::new`](crate::Engine::new) reads all templates. It reports everything at once that is wrong in them, each with file, line
//! and column: syntax, templates that are extended or included but missing, filters that do not exist, and links to routes.
//!
//! ```
//! # use gin::{prelude::*, templates::Templates};
//! # #[get("/users/:id")]
//! # async fn show(id: u32) -> String { id.to_string() }
//! let templates = Templates::embedded([("home.html", "<p>\n<a href=\"{{ url('shwo', id = 7) }}\">")]);
//! let app = Group::new("").templates(templates).mount(routes![show]);
//! let error = app.build().unwrap_err().to_string();
//! assert!(error.contains("home.html:2:17: there is no route named `shwo`; did you mean `show`?"));
//! ```
//!
//! It also reports a template that does not exist but is named by a handler: one that has an attribute, returns a [`View`] and writes
//! the name as a literal in `View::new("…", …)` or `View::block("…", …)`. Other names are looked up at the request, which is a 500 if
//! there is no such template: those that closures and other functions write, and those that are made at run time. A library cannot
//! find them earlier, as a call has no effect before it runs.
//!
//! ```
//! # use gin::{prelude::*, templates::Templates};
//! #[get("/")]
//! async fn home() -> View {
//!     View::new("hoem.html", ())
//! }
//!
//! let templates = Templates::embedded([("home.html", "Welcome")]);
//! let app = Group::new("").templates(templates).mount(routes![home]);
//! let error = app.build().unwrap_err().to_string();
//! assert!(error.contains("there is no template `hoem.html`; did you mean `home.html`?"));
//! ```
//!
//! # Links
//!
//! `url('show', id = 7)` returns the path of the route whose handler is the function `show`, prefixes of groups included. Where
//! several handlers have one name, more of the module decides: `url('users::show', id = 7)`. Values stand for params by name, or by
//! position before those with names. They are percent-encoded. Values that are not params become the query: `url('list', page = 2)`
//! is `/users?page=2`. A path without its values can be checked before the first request, and is; the values themselves are checked
//! when the template is rendered.
//!
//! # Values
//!
//! A template sees the values of its [`View`], then those that middleware shares by [`Context::share`](crate::Context::share), then
//! the [globals](Templates::global), and these:
//!
//! | name | value |
//! |---|---|
//! | `request` | `request.path`, `request.query`, `request.method`, `request.host`, `request.scheme`, `request.pattern` |
//! | `url(name, …)` | the path of a route |
//! | `csrf()` | a hidden field with the [`CsrfToken`] of the request, or nothing |
//! | `nonce()` | the [`CspNonce`] of the request, or nothing |
//! | `flashes()` | the messages for this page, which are taken from the session; an empty list without one, and in pages of errors unless a handler or middleware has taken the session |
//!
//! A value that does not exist is an error, except in `{% if value %}` and `value|default`; [`Templates::lenient`] changes that.
//!
//! # Escaping
//!
//! Values are escaped in templates whose name ends in `.html`, `.htm`, `.xhtml`, `.xml`, `.svg`, `.rss` or `.atom`, and written as
//! JSON in `.json`, `.js` and `.yaml`. Other templates are text. A last `.j2`, `.jinja` or `.jinja2` does not count. `value|safe` is
//! not escaped, so only HTML that the app itself made may be marked so.
//!
//! # Errors
//!
//! A template that fails is a 500. Its cause, in the log, starts with file, line and column, and lists the templates that include
//! it. Under `cargo gin dev` it is a page with the template's own lines.
//!
//! # Other template engines
//!
//! A template that is compiled into the program, such as one of askama, is an [`Html`](crate::response::Html) of its text:
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! # struct Hello { name: &'static str }
//! # impl Hello { fn render(&self) -> Result<String, std::fmt::Error> { Ok(format!("Hello, {}!", self.name)) } }
//! impl IntoResponse for Hello {
//!     fn into_response(self) -> Response {
//!         self.render().map(Html).map_err(gin::Error::from).into_response()
//!     }
//! }
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let app = Group::new("").get("/", async || Hello { name: "Ann" });
//! Client::new(app).get("/").await.has_text("Hello, Ann!");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```

mod blocks;
mod check;
mod collection;
#[macro_use]
mod context;
mod error;
#[cfg(feature = "sessions")]
mod flashes;
mod hooks;
mod links;
mod media;
mod named;
mod references;
mod renderer;
mod source;
mod tokens;
mod values;
mod view;

#[doc(alias(
    "minijinja",
    "jinja",
    "tera",
    "HTMLRender",
    "HTMLDebug",
    "HTMLProduction"
))]
pub use collection::Templates;
#[cfg(debug_assertions)]
pub(crate) use error::TemplateError;
#[cfg(feature = "sessions")]
pub(crate) use flashes::with_flashes;
pub(crate) use named::expect_templates;
#[doc(hidden)]
pub use values::{to_value, values};
#[doc(alias("HTML", "render", "template", "askama"))]
pub use view::View;

pub use crate::middleware::{CspNonce, CsrfToken};

#[doc(inline)]
pub use __context as context;
#[doc(no_inline)]
pub use minijinja::value::{Kwargs, Rest};
#[doc(no_inline)]
pub use minijinja::{Error, ErrorKind, Value};
