//! Views: templates as responses.

use std::any::TypeId;
use std::borrow::Cow;
use std::panic::Location;
use std::sync::Arc;

use http::StatusCode;
use minijinja::Value;
use serde::Serialize;

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::{IntoStatus, Problem};
use crate::request::Context;
use crate::response::{IntoResponse, Response, ResponseNeed, from_context, typed};
use crate::templates::error::TemplateError;
#[cfg(feature = "sessions")]
use crate::templates::flashes::take_session;
use crate::templates::hooks::Root;
use crate::templates::media::Media;
use crate::templates::renderer::Renderer;
use crate::templates::values::to_value;

/// A template and its values as a response.
///
/// The template is one of those that the nearest group has by [`Group::templates`](crate::Group::templates). It is rendered when
/// the handler has returned. The extension of its name decides the content type: `text/html` for `.html`, `text/plain` for `.txt`
/// and for names without an extension. A template that fails is a 500, and the log has its file, line and column. A name that no
/// template has is found at the start, if a handler with an attribute writes it; see the [checks](mod@crate::templates#checks).
///
/// ```
/// # use gin::{prelude::*, templates::Templates, testing::Client};
/// # use serde::Serialize;
/// #[derive(Serialize)]
/// struct User { name: String }
///
/// async fn show() -> View {
///     View::new("users/show.html", context! { user => User { name: "Ann <3".into() } })
/// }
///
/// async fn absent() -> (StatusCode, View) {
///     (StatusCode::NOT_FOUND, View::new("absent.html", ()))
/// }
///
/// let templates = Templates::embedded([
///     ("users/show.html", "<h1>{{ user.name }}</h1>"),
///     ("absent.html", "there is nothing at {{ request.path }}"),
/// ]);
/// let app = Group::new("").templates(templates).get("/", show).fallback(absent);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// let user = client.get("/").await.is(200).has_text("<h1>Ann &lt;3</h1>");
/// user.has_header("content-type", "text/html; charset=utf-8");
/// client.get("/x").await.is(404).has_text("there is nothing at /x");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct View {
    name: Cow<'static, str>,
    block: Option<Cow<'static, str>>,
    values: Value,
    status: StatusCode,
    at: &'static Location<'static>,
}

impl View {
    /// Takes the name of a template and its values: [`context!`](crate::templates::context!), a value that serializes to a map, or
    /// `()` for none.
    #[track_caller]
    pub fn new(name: impl Into<Cow<'static, str>>, values: impl Serialize) -> View {
        View::of(name.into(), to_value(values), Location::caller())
    }

    /// Takes one block of a template, for pages that replace a part of themselves (htmx, Turbo).
    ///
    /// Only the block is rendered, after the template's imports, macros and `{% set %}`s, so the values of other blocks are not
    /// needed.
    ///
    /// ```
    /// # use gin::{prelude::*, templates::Templates, testing::Client};
    /// let page = "<h1>{{ title }}</h1><ul>{% block rows %}{% for row in rows %}<li>{{ row }}</li>{% endfor %}{% endblock %}</ul>";
    /// let templates = Templates::embedded([("list.html", page)]);
    /// let rows = async || View::block("list.html", "rows", context! { rows => ["a", "b"] });
    /// let app = Group::new("").templates(templates).get("/rows", rows);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/rows").await.has_text("<li>a</li><li>b</li>");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    #[doc(alias("htmx", "fragment", "partial"))]
    pub fn block(
        name: impl Into<Cow<'static, str>>,
        block: impl Into<Cow<'static, str>>,
        values: impl Serialize,
    ) -> View {
        let mut view = View::of(name.into(), to_value(values), Location::caller());
        view.block = Some(block.into());
        view
    }

    fn of(name: Cow<'static, str>, values: Value, at: &'static Location<'static>) -> View {
        View {
            name,
            block: None,
            values,
            status: StatusCode::OK,
            at,
        }
    }

    /// Sets the status of the response. Default: 200.
    ///
    /// ```
    /// # use gin::{prelude::*, templates::Templates, testing::Client};
    /// let templates = Templates::embedded([("closed.html", "closed")]);
    /// let closed = async || View::new("closed.html", ()).status(503);
    /// let app = Group::new("").templates(templates).get("/", closed);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.is(503).has_text("closed");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn status(mut self, status: impl IntoStatus) -> View {
        self.status = status.into_status();
        self
    }

    /// Renders the view with the templates of the request's group.
    fn render(self, cx: &mut Context) -> Response {
        let Some(renderer) = cx.state::<Arc<Renderer>>() else {
            return self.failed(TemplateError::new(format!(
                "the view `{}` has no templates; give them to a group around its route: `.templates(templates!(\"templates\"))`",
                self.name
            )));
        };
        let root = Root::value(cx, self.values.clone());
        match renderer.render(&self.name, self.block.as_deref(), root) {
            Ok(text) => {
                let mut response = typed(Media::of(&self.name).header(), text);
                *response.status_mut() = self.status;
                response
            }
            Err(error) => self.failed(error),
        }
    }

    fn failed(&self, error: TemplateError) -> Response {
        Problem::caused_by(Box::new(error), self.at).into_response()
    }
}

impl IntoResponse for View {
    fn into_response(self) -> Response {
        let render = move |cx: &mut Context| self.render(cx);
        let view = from_context(render);
        #[cfg(feature = "sessions")]
        let view = view.prepared_by(take_session);
        view.into_response()
    }

    fn need() -> Option<ResponseNeed> {
        Some(ResponseNeed {
            id: TypeId::of::<Arc<Renderer>>(),
            message: "returns a View; give templates to a group around it: `.templates(gin::templates!(\"templates\"))`",
        })
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.response_with(200, "text/html", serde_json::json!({ "type": "string" }));
        operation.problem(500);
    }
}

/// Views.
impl Context {
    /// Returns a [`View`] as a response, as `c.HTML` of Go's gin does.
    ///
    /// ```
    /// # use gin::{prelude::*, templates::Templates, testing::Client};
    /// let templates = Templates::embedded([("hello.html", "Hello, {{ name }}!")]);
    /// let hello = async |cx: &mut Context| cx.view(200, "hello.html", context! { name => cx.param("name") });
    /// let app = Group::new("").templates(templates).get("/:name", hello);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/Ann").await.is(200).has_text("Hello, Ann!");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "templates")))]
    #[track_caller]
    #[doc(alias = "HTML")]
    #[must_use = "return the response: only what a handler returns is sent"]
    pub fn view(
        &self,
        status: impl IntoStatus,
        name: impl Into<Cow<'static, str>>,
        values: impl Serialize,
    ) -> Response {
        let view = View::of(name.into(), to_value(values), Location::caller());
        view.status(status).into_response()
    }
}
