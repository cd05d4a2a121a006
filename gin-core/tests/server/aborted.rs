//! Responses whose body fails on its way: the client never takes them for complete, and the log has the cause.

use std::fmt::Debug;
use std::io;
use std::sync::{Arc, Mutex};

use futures_util::{Stream, StreamExt, stream};
use gin::prelude::*;
use tokio::sync::Notify;
use tokio::time::timeout;
use tracing::field::{Field, Visit};
use tracing::subscriber::set_default;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Context as Layered, Layer, SubscriberExt};

use crate::multiplex::{connect, request, send};
use crate::wire::{LONG, Running};

/// The errors that are logged by this thread.
#[derive(Clone, Default)]
struct Errors(Arc<Mutex<Vec<String>>>);

impl Errors {
    /// Returns the lines about bodies.
    fn of_bodies(&self) -> Vec<String> {
        let lines = self.0.lock().expect("no test panics with it");
        let of_bodies = lines.iter().filter(|line| line.contains("the body of"));
        of_bodies.cloned().collect()
    }
}

impl<S: Subscriber> Layer<S> for Errors {
    fn on_event(&self, event: &Event<'_>, _: Layered<'_, S>) {
        if *event.metadata().level() == Level::ERROR {
            event.record(&mut self.clone());
        }
    }
}

impl Visit for Errors {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            let mut lines = self.0.lock().expect("no test panics with it");
            lines.push(format!("{value:?}"));
        }
    }
}

fn broken() -> io::Error {
    io::Error::other("the disk is gone")
}

/// A chunk, and what comes when the client has got it.
fn chunks(
    rest: io::Result<&'static str>,
    is_got: Arc<Notify>,
) -> impl Stream<Item = io::Result<&'static str>> {
    let rest = stream::once(async move {
        is_got.notified().await;
        rest
    });
    stream::iter([Ok("begun")]).chain(rest)
}

fn app(is_got: Arc<Notify>) -> Group {
    let inner = Group::new("/v1")
        .get("/stream/:id", async |State(is_got): State<Arc<Notify>>| {
            Body::from_stream(chunks(Err(broken()), is_got))
        })
        .get("/writer", async |State(is_got): State<Arc<Notify>>| {
            Body::from_writer(async move |mut out| {
                out.send("begun").await;
                is_got.notified().await;
                out.fail(broken()).await;
            })
        })
        .get("/short", async |State(is_got): State<Arc<Notify>>| {
            Body::from_stream(chunks(Ok(""), is_got)).with_len(7)
        });
    Group::new("")
        .state(is_got)
        .nest(inner)
        .post("/echo", async |body: Body| Body::new(body))
}

const CASES: [(&str, &str); 3] = [
    (
        "/v1/stream/7",
        "the body of the response to GET /v1/stream/:id was cut off: the disk is gone",
    ),
    (
        "/v1/writer",
        "the body of the response to GET /v1/writer was cut off: the disk is gone",
    ),
    (
        "/v1/short",
        "the body of the response to GET /v1/short was cut off: the body is shorter than announced",
    ),
];

#[tokio::test]
async fn over_http1_the_connection_is_cut_and_the_cause_is_logged_once() {
    let (errors, is_got) = (Errors::default(), Arc::new(Notify::new()));
    let _guard = set_default(Registry::default().with(errors.clone()));
    let server = Running::new(app(is_got.clone())).await;
    for (path, _) in CASES {
        let mut wire = server.connect().await;
        wire.send(format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"))
            .await;
        let begin = wire.until("begun").await;
        assert!(begin.starts_with("HTTP/1.1 200"), "{path}: {begin}");
        is_got.notify_one();
        let rest = wire.rest().await;
        assert!(!rest.contains("0\r\n\r\n"), "{path}: {rest}");
    }
    assert_eq!(errors.of_bodies(), CASES.map(|(_, line)| line));
}

#[tokio::test]
async fn over_http2_the_stream_is_reset_and_the_cause_is_logged_once() {
    let (errors, is_got) = (Errors::default(), Arc::new(Notify::new()));
    let _guard = set_default(Registry::default().with(errors.clone()));
    let server = Running::new(app(is_got.clone())).await;
    let mut client = connect(server.stream().await).await;
    for (path, _) in CASES {
        let response = send(&mut client, request(&format!("http://a{path}"))).await;
        assert_eq!(response.status(), 200);
        let mut body = response.into_body();
        let begin = timeout(LONG, body.data()).await.expect("it begins");
        assert_eq!(begin.expect("it goes on").expect("it is whole"), "begun");
        is_got.notify_one();
        let end = async {
            loop {
                match body.data().await {
                    Some(Ok(_)) => {}
                    end => return end,
                }
            }
        };
        let end = timeout(LONG, end).await.expect("the stream ends");
        let error = end.expect("it is not complete").expect_err("it is reset");
        assert!(error.is_reset() && error.is_remote(), "{path}: {error:?}");
    }
    assert_eq!(errors.of_bodies(), CASES.map(|(_, line)| line));
}

/// A client that breaks off the body which is sent back does not make the app fail.
#[tokio::test]
async fn the_error_of_a_clients_body_is_not_the_apps() {
    let (errors, is_got) = (Errors::default(), Arc::new(Notify::new()));
    let _guard = set_default(Registry::default().with(errors.clone()));
    let server = Running::new(app(is_got.clone())).await;
    let mut wire = server.connect().await;
    let head = "POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n";
    wire.send(format!("{head}5\r\nbegun\r\n")).await;
    wire.until("begun").await;
    wire.send("no size\r\n").await;
    let rest = wire.rest().await;
    assert!(!rest.ends_with("0\r\n\r\n"), "{rest}");
    assert_eq!(errors.of_bodies(), [""; 0]);
}
