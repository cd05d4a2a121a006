//! Ids of requests: in the response, the log and spans; those of strangers are not kept.

use std::fmt::{Debug, Write as _};
use std::future::pending;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gin::middleware::{Logger, RequestId, Timeout};
use gin::prelude::*;
use gin::routing::Proxies;
use gin::testing::Client;
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span, subscriber};

fn app(request_id: RequestId) -> Group {
    let show = async |cx: &mut Context| cx.request_id().unwrap_or("none").to_owned();
    Group::new("").with(request_id).get("/", show)
}

fn is_uuid(id: &str) -> bool {
    let groups: Vec<_> = id.split('-').map(str::len).collect();
    let is_hex = |character: char| character.is_ascii_hexdigit();
    groups == [8, 4, 4, 4, 12]
        && id.replace('-', "").chars().all(is_hex)
        && id[14..].starts_with('4')
}

#[tokio::test]
async fn each_request_has_an_id_of_its_own() {
    let client = Client::new(app(RequestId::new()));
    let (one, other) = (client.get("/").await.is(200), client.get("/").await.is(200));
    assert!(is_uuid(one.text()), "{}", one.text());
    assert_eq!(one.header("x-request-id"), Some(one.text()));
    assert_ne!(one.text(), other.text());
}

#[tokio::test]
async fn only_valid_ids_of_trusted_senders_are_kept() {
    let longest = "a".repeat(128);
    let too_long = "a".repeat(129);
    let trusted = || app(RequestId::new()).proxies(Proxies::trusted(["10.0.0.0/8"]));
    let proxy = Client::new(trusted()).from("10.0.0.1:4711");
    let stranger = Client::new(trusted()).from("192.0.2.1:4711");
    let open = Client::new(app(RequestId::new().trust_everyone()));
    for (id, is_valid) in [
        ("7f-3A_b.c~d+e/f=g:h", true),
        (&*longest, true),
        (&*too_long, false),
        ("", false),
        ("a b", false),
        ("a,b", false),
        ("<script>", false),
        ("${jndi:ldap://evil}", false),
    ] {
        let is_kept = async |client: &Client| {
            let response = client.get("/").header("x-request-id", id).await;
            assert_eq!(response.header("x-request-id"), Some(response.text()));
            response.text() == id
        };
        assert_eq!(is_kept(&proxy).await, is_valid, "{id}");
        assert_eq!(is_kept(&open).await, is_valid, "{id}");
        assert!(!is_kept(&stranger).await, "{id}");
    }
    let twice = proxy.get("/").header("x-request-id", "a");
    let response = twice.header("x-request-id", "a").await;
    assert!(is_uuid(response.text()), "{}", response.text());
}

#[tokio::test]
async fn the_header_may_have_another_name_and_goes_on_to_other_services() {
    let name = HeaderName::from_static("x-correlation-id");
    let show = async |cx: &mut Context| cx.header("x-correlation-id").unwrap_or("none").to_owned();
    let app = Group::new("")
        .with(RequestId::new().header(name))
        .get("/", show);
    let response = Client::new(app)
        .get("/")
        .header("x-correlation-id", "forged")
        .await;
    assert!(is_uuid(response.text()), "{}", response.text());
    response.header("x-correlation-id").expect("it has an id");
    assert_eq!(response.header("x-request-id"), None);
}

#[tokio::test(start_paused = true)]
async fn failures_have_the_id_as_well() {
    let app = app(RequestId::new())
        .get("/panic", async || -> String { panic!("of a test") })
        .get("/slow", async || pending::<String>().await)
        .with(Timeout::new(Duration::from_secs(1)));
    let client = Client::new(app);
    for (path, status) in [("/panic", 500), ("/slow", 503), ("/none", 404)] {
        let response = client.get(path).await.is(status);
        let id = response.header("x-request-id").unwrap_or_default();
        assert!(is_uuid(id), "{path} {id}");
    }
}

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no test panics with it").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no test panics with it").clone())
            .expect("a log is text")
    }
}

#[tokio::test]
async fn lines_of_the_log_have_the_id() {
    let (json, plain) = (Log::default(), Log::default());
    let outer = Group::new("")
        .with(Logger::json(json.clone()))
        .with(Logger::plain(plain.clone()));
    let client = Client::new(outer.nest(app(RequestId::new())));
    let response = client.get("/").await;
    let entry: serde_json::Value = serde_json::from_str(&json.text()).expect("it is JSON");
    assert_eq!(entry["request_id"], response.text());
    let end = format!("\"/\" {}\n", response.text());
    assert!(plain.text().ends_with(&end), "{}", plain.text());
}

/// A subscriber that keeps the fields of spans and the messages of events inside one.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Recorded>>);

#[derive(Default)]
struct Recorded {
    entered: usize,
    text: String,
}

impl Visit for Recorded {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.text, "{field}={value:?} ");
    }
}

impl Subscriber for Spans {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        let mut recorded = self.0.lock().expect("no test panics with it");
        if span.metadata().target().starts_with("gin") {
            recorded.text += span.metadata().name();
            recorded.text += " ";
            span.record(&mut *recorded);
        }
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut recorded = self.0.lock().expect("no test panics with it");
        if recorded.entered > 0 {
            event.record(&mut *recorded);
        }
    }

    fn enter(&self, _: &span::Id) {
        self.0.lock().expect("no test panics with it").entered += 1;
    }

    fn exit(&self, _: &span::Id) {
        self.0.lock().expect("no test panics with it").entered -= 1;
    }
}

#[tokio::test]
async fn events_of_handlers_are_in_a_span_with_the_id() {
    let spans = Spans::default();
    let guard = subscriber::set_default(spans.clone());
    let greet = async || {
        tracing::info!("hello");
        ""
    };
    let app = Group::new("")
        .with(RequestId::new().trust_everyone())
        .get("/", greet);
    Client::new(app)
        .get("/")
        .header("x-request-id", "7f")
        .await
        .is(200);
    drop(guard);
    let recorded = spans.0.lock().expect("no test panics with it");
    assert_eq!(recorded.text, "request request_id=\"7f\" message=hello ");
}
