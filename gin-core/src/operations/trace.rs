//! A span for each request, in the trace of its client.

use std::fmt;

use http::{Method, Version};
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};

use crate::future::BoxFuture;
use crate::middleware::{Middleware, Next, Provided, RequestSpan, Role};
use crate::request::{Context, TraceContext};
use crate::response::{Response, settle};

/// Runs each request in a `tracing` span, in the trace that the client's `traceparent` header names (W3C Trace Context).
///
/// The span is named by method and route, such as `GET /users/:id`, and has the attributes of OpenTelemetry's conventions for HTTP:
/// `http.request.method`, `http.route`, `http.response.status_code` and so on. Events that handlers log are in it. A
/// [`Logger`](crate::middleware::Logger) adds the id of the trace to its JSON. A [`RequestId`](crate::middleware::RequestId) further in
/// adds `request_id`.
///
/// `url.path` is the path as it was sent. In `url.query`, each value is replaced by `REDACTED`, as a query may have secrets, except
/// for the parameters that [`query_values`](Trace::query_values) names.
///
/// Handlers get the [`TraceContext`] as an [`Extension`](crate::extract::Extension) or from [`Context::trace_context`], to pass it on
/// to other services. With the feature `telemetry`, `gin::operations::Telemetry` sends the spans to a collector.
///
/// ```
/// use gin::{operations::Trace, prelude::*, testing::Client};
///
/// #[get("/users/:id")]
/// async fn user(id: u64) -> String {
///     info!(id, "this event is in the span of the request");
///     format!("user {id}")
/// }
///
/// let app = Group::new("").with(Trace::new()).mount(routes![user]);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).get("/users/7").await.is(200);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Trace {
    /// The query parameters whose values are recorded.
    shown: Vec<String>,
}

impl Trace {
    /// Creates the middleware.
    pub fn new() -> Trace {
        Trace::default()
    }

    /// Records the values of these query parameters, such as `page`. Default: none.
    ///
    /// Everyone who reads the traces can see them.
    ///
    /// ```
    /// use gin::{operations::Trace, prelude::*};
    ///
    /// // `/orders?page=2&token=7f3a` is recorded as `page=2&token=REDACTED`.
    /// let app = Group::new("").with(Trace::new().query_values(["page"])).get("/orders", async || "orders");
    /// # assert!(app.build().is_ok());
    /// ```
    #[must_use]
    #[doc(alias("url.query", "redact"))]
    pub fn query_values<I>(mut self, names: I) -> Trace
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.shown.extend(names.into_iter().map(Into::into));
        self
    }

    /// Creates the span of a request.
    fn span(&self, cx: &Context) -> Span {
        let span = span(cx);
        if !span.is_disabled()
            && let Some(query) = self.query(cx)
        {
            span.record("url.query", query);
        }
        span
    }

    /// Returns the query with the values that may be recorded, or `None` if there is no query.
    fn query(&self, cx: &Context) -> Option<String> {
        let query = cx.query_string();
        if query.is_empty() {
            return None;
        }
        let pairs = query.split('&').map(|pair| match pair.split_once('=') {
            Some((name, _)) if self.shown.iter().any(|shown| shown == name) => pair.to_owned(),
            Some((name, _)) => format!("{name}=REDACTED"),
            // It may be a value, as of a link that signs in.
            None => "REDACTED".to_owned(),
        });
        Some(pairs.collect::<Vec<_>>().join("&"))
    }
}

impl Middleware for Trace {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        let span = self.span(cx);
        let client = TraceContext::of_client(cx.headers());
        let context = context(&span, client);
        if !span.is_disabled() {
            span.record("trace_id", context.trace_id().as_str());
        }
        cx.set(context);
        cx.set(RequestSpan(span.clone()));
        let outcome = span.clone();
        let respond = async move {
            let mut response = next.run(cx).await;
            settle(cx, &mut response);
            record(&outcome, &response);
            response
        };
        Box::pin(respond.instrument(span))
    }

    fn provides(&self, provided: &mut Provided) {
        provided.extension::<TraceContext>();
    }

    fn role(&self) -> Role {
        Role::Span
    }
}

/// Creates the span of a request, except for its query.
fn span(cx: &Context) -> Span {
    info_span!(
        "request",
        otel.name = %Name(cx),
        otel.kind = "server",
        otel.status_code = Empty,
        error.r#type = Empty,
        http.request.method = %method(cx.method()).unwrap_or("_OTHER"),
        http.request.method_original = method(cx.method()).is_none().then(|| cx.method().as_str()),
        http.route = cx.pattern(),
        http.response.status_code = Empty,
        url.path = cx.raw_path(),
        url.query = Empty,
        url.scheme = cx.scheme(),
        network.protocol.version = version(cx.version()),
        server.address = cx.host(),
        client.address = cx.client_ip().map(tracing::field::display),
        user_agent.original = cx.header("user-agent"),
        trace_id = Empty,
        request_id = cx.request_id(),
    )
}

/// Returns the context of the span.
#[cfg(not(feature = "telemetry"))]
fn context(_: &Span, client: Option<TraceContext>) -> TraceContext {
    TraceContext::next(client)
}

/// Returns the context of the span, with the ids that it is recorded by, if it is recorded.
#[cfg(feature = "telemetry")]
fn context(span: &Span, client: Option<TraceContext>) -> TraceContext {
    crate::operations::telemetry::context(span, client)
}

/// Records the result. Only an error of the server is one of its span.
fn record(span: &Span, response: &Response) {
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", status.as_str());
    }
}

/// The name of a span: the method and the route, of which there are few.
struct Name<'a>(&'a Context);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(method(self.0.method()).unwrap_or("HTTP"))?;
        match self.0.pattern() {
            Some(pattern) => write!(f, " {pattern}"),
            None => Ok(()),
        }
    }
}

/// Returns the name of a method that is registered.
fn method(method: &Method) -> Option<&str> {
    let name = method.as_str();
    let is_registered = matches!(
        name,
        "GET"
            | "HEAD"
            | "POST"
            | "PUT"
            | "PATCH"
            | "DELETE"
            | "OPTIONS"
            | "CONNECT"
            | "TRACE"
            | "QUERY"
    );
    is_registered.then_some(name)
}

fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "0.9",
        Version::HTTP_10 => "1.0",
        Version::HTTP_2 => "2",
        Version::HTTP_3 => "3",
        _ => "1.1",
    }
}
