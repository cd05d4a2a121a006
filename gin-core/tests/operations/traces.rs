//! Traces: the span of a request, the context that services pass on, and the log inside it.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use gin::extract::Extension;
use gin::middleware::RequestId;
use gin::operations::{Trace, TraceContext};
use gin::prelude::*;
use gin::testing::Client;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// The headers that a handler passes on: one a line.
async fn pass_on(Extension(trace): Extension<TraceContext>) -> String {
    let headers = trace.headers();
    let lines = headers.iter().map(|(name, value)| {
        let value = value.to_str().expect("it is text");
        format!("{name}: {value}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn app() -> Group {
    routes(Group::new("").with(Trace::new()))
}

fn routes(group: Group) -> Group {
    group
        .get("/pass-on", pass_on)
        .get("/users/:id", async || "a user")
        .get("/broken", async || 503)
}

#[tokio::test]
async fn the_trace_of_a_client_goes_on() {
    let client = Client::new(app());
    let request = client.get("/pass-on").header("traceparent", PARENT);
    let response = request.header("tracestate", "shop=1, other=x").await;
    let text = response.is(200).text().to_owned();
    let (parent, state) = text.split_once('\n').expect("there are two headers");
    let fields: Vec<_> = parent.split('-').collect();
    let ["traceparent: 00", trace, span, "01"] = fields[..] else {
        panic!("{parent}");
    };
    assert_eq!(trace, TRACE);
    assert_ne!(
        span, "b7ad6b7169203331",
        "the request has a span of its own"
    );
    assert_eq!(state, "tracestate: shop=1,other=x");
}

#[tokio::test]
async fn a_malformed_context_begins_a_trace() {
    let client = Client::new(app());
    let mut traces = Vec::new();
    for parent in [
        "nonsense",
        "00-0-0-0",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    ] {
        let request = client.get("/pass-on").header("traceparent", parent);
        let response = request.header("tracestate", "shop=1").await;
        let text = response.is(200).text().to_owned();
        assert!(!text.contains("tracestate"), "{text}");
        let trace = text.split('-').nth(1).expect("there is a trace").to_owned();
        assert_eq!(trace.len(), 32, "{text}");
        assert!(!traces.contains(&trace), "each trace has its own id");
        traces.push(trace);
    }
}

#[tokio::test]
async fn two_contexts_are_none() {
    let client = Client::new(app());
    let request = client.get("/pass-on").header("traceparent", PARENT);
    let response = request.header("traceparent", PARENT).await;
    assert!(!response.is(200).text().contains(TRACE));
}

#[test]
fn a_handler_that_needs_the_context_needs_the_middleware() {
    let error = Group::new("").get("/", pass_on).build();
    let text = error.expect_err("it has no middleware").to_string();
    assert!(text.contains("needs Extension<TraceContext>"), "{text}");
}

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no test panics").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_has_the_trace_whichever_middleware_is_further_out() {
    for is_outside in [true, false] {
        let log = Log::default();
        let logger = Logger::json(log.clone());
        let group = if is_outside {
            Group::new("").with(Trace::new()).with(logger)
        } else {
            Group::new("").with(logger).with(Trace::new())
        };
        let client = Client::new(group.get("/", async || "home"));
        client.get("/").header("traceparent", PARENT).await.is(200);
        let line = log.0.lock().expect("no test panics").clone();
        let entry: Value = serde_json::from_slice(&line).expect("it is JSON");
        assert_eq!(entry["trace_id"], TRACE);
    }
}

/// A subscriber that keeps the fields of spans and the number of events inside them.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    spans: Vec<Fields>,
    entered: Vec<u64>,
    inside: usize,
}

#[derive(Debug, Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let target = metadata.target();
        metadata.is_span() && target.starts_with("gin") || target == "operations"
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut state = self.0.lock().expect("no test panics");
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        state.spans.push(fields);
        Id::from_u64(state.spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut state = self.0.lock().expect("no test panics");
        let index = usize::try_from(span.into_u64()).expect("there are few") - 1;
        values.record(&mut state.spans[index]);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut state = self.0.lock().expect("no test panics");
        if event.metadata().target() == "operations" && !state.entered.is_empty() {
            state.inside += 1;
        }
    }

    fn enter(&self, span: &Id) {
        let mut state = self.0.lock().expect("no test panics");
        state.entered.push(span.into_u64());
    }

    fn exit(&self, _: &Id) {
        self.0.lock().expect("no test panics").entered.pop();
    }
}

#[test]
fn a_span_has_the_attributes_of_the_conventions() {
    let spans = Spans::default();
    let trace = Trace::new().query_values(["page"]);
    let app = Group::new("").with(trace).with(RequestId::new());
    let app = routes(app).get("/says", async || {
        tracing::info!(target: "operations", "inside");
        "said"
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("there is room");
    tracing::subscriber::with_default(spans.clone(), || {
        runtime.block_on(async {
            let client = Client::new(app).from("203.0.113.9:4000");
            let request = client
                .get("/us%65rs/7?page=2&token=secret&secret&=secret")
                .header("user-agent", "test");
            request.header("traceparent", PARENT).await.is(200);
            client.request("BREW", "/coffee").await.is(404);
            client.get("/broken").await.is(503);
            client.get("/says").await.is(200);
        });
    });
    let state = spans.0.lock().expect("no test panics");
    let field = |span: usize, name: &str| state.spans[span].0.get(name).map_or("", String::as_str);
    for (name, value) in [
        ("otel.name", "GET /users/:id"),
        ("otel.kind", "server"),
        ("otel.status_code", ""),
        ("http.request.method", "GET"),
        ("http.route", "/users/:id"),
        ("http.response.status_code", "200"),
        ("url.path", "/us%65rs/7"),
        ("url.query", "page=2&token=REDACTED&REDACTED&=REDACTED"),
        ("url.scheme", "http"),
        ("client.address", "203.0.113.9"),
        ("user_agent.original", "test"),
        ("trace_id", TRACE),
    ] {
        assert_eq!(field(0, name), value, "{name}");
    }
    assert!(!format!("{:?}", state.spans).contains("secret"));
    assert_eq!(field(1, "otel.name"), "HTTP");
    assert_eq!(field(1, "http.request.method"), "_OTHER");
    assert_eq!(field(1, "http.request.method_original"), "BREW");
    assert_eq!(
        field(1, "otel.status_code"),
        "",
        "404 is not an error of the server"
    );
    assert_eq!(field(2, "otel.status_code"), "ERROR");
    assert_eq!(field(2, "error.type"), "503");
    let ids = state.spans.iter().map(|span| span.0["request_id"].len());
    assert_eq!(
        ids.collect::<Vec<_>>(),
        [36; 4],
        "each request has one span"
    );
    assert_eq!(field(3, "url.query"), "", "there is none");
    assert_eq!(state.inside, 1, "the handler's event is in the span");
}

#[test]
fn a_trace_inside_of_the_id_would_open_a_second_span() {
    let nested = |inner: Group| {
        let app = Group::new("").with(RequestId::new()).nest(inner);
        app.build().expect("it is sound")
    };
    let outside = Group::new("").with(Trace::new()).with(RequestId::new());
    let outside = routes(outside).build().expect("it is sound");
    assert_eq!(outside.warnings().len(), 0);
    let engine = nested(routes(Group::new("/in").with(Trace::new())));
    let [warning] = engine.warnings() else {
        panic!("{:?}", engine.warnings());
    };
    let (field, span) = warning.split_once("comes before").expect("both are named");
    assert!(
        field.contains("RequestId") && field.contains("traces.rs:"),
        "{warning}"
    );
    assert!(
        span.contains("Trace") && span.contains("traces.rs:"),
        "{warning}"
    );
}
