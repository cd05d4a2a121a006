//! The settings of a group: the responses to errors, limits, routing and proxies.

use std::error::Error as StdError;
use std::sync::Arc;

use crate::app::group::Group;
use crate::failure::{FieldError, Problem};
use crate::middleware::MethodOverride;
use crate::request::{Context, Proxies, Routing};
use crate::response::{IntoResponse, complete_unprepared, default_shape};

/// The name of the responses of [`Group::on_error`] in messages.
const ON_ERROR: &str = "on_error of";

/// Settings, which the groups inside inherit.
impl Group {
    /// Turns the problems of the group into responses: rejections, errors, 404, 405, limits and panics.
    ///
    /// Default: JSON, a page or text, whichever the client accepts. A problem that `shape` itself returns gets the default shape.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").on_error(|cx: &mut Context, problem: &Problem| {
    ///     (problem.status(), Json(json!({ "path": cx.path(), "error": problem.title() })))
    /// });
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let expected = json!({ "path": "/x", "error": "Not Found" });
    /// Client::new(app).get("/x").await.is(404).has_json(expected);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias(
        "NoMethod",
        "method_not_allowed_fallback",
        "ErrorLogger",
        "ErrorHandlers",
        "catch",
        "ErrorLoggerT"
    ))]
    pub fn on_error<F, R>(mut self, shape: F) -> Group
    where
        F: Fn(&mut Context, &Problem) -> R + Send + Sync + 'static,
        R: IntoResponse,
    {
        self.on_error = Some(Arc::new(move |cx, problem| {
            let mut response = shape(cx, problem).into_response();
            complete_unprepared(cx, &mut response);
            // A hook whose own response is a problem must not be called for it again.
            match response.body_mut().take_problem() {
                Some(problem) => default_shape(cx, &problem),
                None => response,
            }
        }));
        self.error_needs.retain(|(name, _)| *name != ON_ERROR);
        self.error_needs
            .extend(R::need().map(|need| (ON_ERROR, need)));
        self
    }

    /// Replaces the messages of wrong fields, to translate them for example. `None` keeps a message.
    ///
    /// It sees the errors of extractors and of validation, and those that handlers add to a [`Problem`].
    ///
    /// ```
    /// # use gin::{failure::FieldError, prelude::*, testing::Client};
    /// #[derive(serde::Deserialize)]
    /// struct User { name: String }
    ///
    /// fn german(error: &FieldError, cx: &Context) -> Option<String> {
    ///     let is_german = cx.header("accept-language")?.starts_with("de");
    ///     match &*error.code {
    ///         "missing" if is_german => Some("fehlt".to_owned()),
    ///         _ => None,
    ///     }
    /// }
    ///
    /// let app = Group::new("").messages(german).post("/", async |Form(user): Form<User>| user.name);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.post("/").form("").await.is(422).contains("name: is missing");
    /// client.post("/").form("").header("accept-language", "de-AT").await.is(422).contains("name: fehlt");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "translate")]
    pub fn messages<F>(mut self, message: F) -> Group
    where
        F: Fn(&FieldError, &Context) -> Option<String> + Send + Sync + 'static,
    {
        self.messages = Some(Arc::new(message));
        self
    }

    /// Gives errors of type `E` a response, in place of 500: those that handlers of the group pass on by `?`, and those that are a
    /// source of such an error, or a context that `anyhow` added to one. Of several for one type, that of the innermost group counts. An error with another status, which
    /// [`or_404`](crate::failure::OrStatus::or_404) gives it for example, keeps that.
    ///
    /// The error is logged, unless `respond` returns a [`Problem`] with another cause. An error type that implements
    /// [`IntoResponse`] gives its own response: `.map_error(|error: &AppError| error.clone())`.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// # use std::io;
    /// async fn note(Path(name): Path<String>) -> gin::Result<String> {
    ///     Ok(std::fs::read_to_string(format!("/no/such/notes/{name}"))?)
    /// }
    ///
    /// let app = Group::new("").get("/notes/:name", note).map_error(|error: &io::Error| match error.kind() {
    ///     io::ErrorKind::NotFound => Problem::new(404).detail("there is no such note"),
    ///     _ => Problem::new(503),
    /// });
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/notes/7").await.is(404).contains("there is no such note");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("catch", "HandleErrorLayer", "exception handler"))]
    pub fn map_error<E, R>(mut self, respond: impl Fn(&E) -> R + Send + Sync + 'static) -> Group
    where
        E: StdError + Send + Sync + 'static,
        R: IntoResponse,
    {
        let respond = move |error: &E| respond(error).into_response();
        self.error_map.add(respond);
        let need = R::need().map(|need| ("map_error of", need));
        self.error_needs.extend(need);
        self
    }

    /// Limits the bodies of the group's requests to this many bytes. Default: 2 MiB.
    ///
    /// A larger body is rejected with 413: at once if its length is declared, else when more bytes have come. A handler that streams
    /// a [`Body`](crate::Body) gets a [`BodyError`](crate::extract::BodyError) then. `usize::MAX` lifts the limit.
    ///
    /// Multipart forms, whose files do not stay in memory, may have 32 MiB by default.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").body_limit(5).post("/echo", async |text: String| text);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.post("/echo").body("hello").await.is(200);
    /// client.post("/echo").body("hello!").await.is(413);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias(
        "DefaultBodyLimit",
        "RequestBodyLimitLayer",
        "MaxBytesReader",
        "PayloadConfig"
    ))]
    pub fn body_limit(mut self, bytes: usize) -> Group {
        self.body_limit = Some(bytes);
        self
    }

    /// Limits the fields that [`Form`](crate::extract::Form) and [`Query`](crate::Query) take. Default: 1,000.
    ///
    /// A form or a query with more fields is rejected with 400.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// # use std::collections::HashMap;
    /// let count = async |Form(fields): Form<HashMap<String, String>>| fields.len().to_string();
    /// let app = Group::new("").max_fields(2).post("/", count);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.post("/").form("a=1&b=2").await.has_text("2");
    /// client.post("/").form("a=1&b=2&c=3").await.is(400);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn max_fields(mut self, count: usize) -> Group {
        self.max_fields = Some(count);
        self
    }

    /// Sets the rules for requests that no route matches exactly. Default: [`Routing::new`].
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// # use gin::routing::{Routing, TrailingSlash};
    /// let app = Group::new("").routing(Routing::new().trailing_slash(TrailingSlash::Strict)).get("/about", async || "about us");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/about").await.is(200);
    /// client.get("/about/").await.is(404);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn routing(mut self, routing: Routing) -> Group {
        self.routing = Some(routing);
        self
    }

    /// Trusts what these proxies report about clients: their address, and the scheme, host and prefix of their requests. Default:
    /// no proxy.
    ///
    /// ```
    /// # use gin::{prelude::*, routing::Proxies, testing::Client};
    /// let app = Group::new("").proxies(Proxies::hops(1));
    /// let app = app.get("/", async |ClientIp(client): ClientIp| client.to_string());
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/").header("x-forwarded-for", "203.0.113.7").await.has_text("203.0.113.7");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("ForwardedByClientIP", "SetTrustedProxies"))]
    pub fn proxies(mut self, proxies: Proxies) -> Group {
        self.proxies = Some(proxies);
        self
    }

    /// Lets `POST` requests stand for `PUT`, `PATCH` or `DELETE`, by a form's field or a header. Default: they do not.
    ///
    /// It counts before the route is looked up, so it is for the outermost group. On another one it is an error of
    /// [`Engine::new`](crate::Engine::new).
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use gin::middleware::MethodOverride;
    ///
    /// let app = Group::new("").method_override(MethodOverride::new()).put("/name", async || "changed");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).post("/name").form("_method=put&name=Ann").await.has_text("changed");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn method_override(mut self, method_override: MethodOverride) -> Group {
        self.method_override = Some(method_override);
        self
    }

    /// Trusts the `X-Forwarded-…` headers of the proxies with these addresses, or in networks like `10.0.0.0/8`. Default: no proxy.
    ///
    /// It is short for [`Group::proxies`] with [`Proxies::trusted`].
    pub fn trust_proxies<'a>(self, networks: impl IntoIterator<Item = &'a str>) -> Group {
        self.proxies(Proxies::trusted(networks))
    }
}
