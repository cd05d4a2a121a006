//! Panics: one fails its own request, and nothing else.

use std::io::Write;
use std::panic::panic_any;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use gin::middleware::Recovery;
use gin::prelude::*;
use gin::testing::Client;
use http_body::Frame;
use http_body_util::StreamBody;
use http_body_util::combinators::BoxBody;

use crate::multiplex::{connect, request, send, text};
use crate::wire::Running;

/// A value that panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

async fn before_the_rest(_: &mut Context, _: Next<'_>) -> Response {
    panic!("on the way in")
}

async fn after_the_rest(cx: &mut Context, next: Next<'_>) -> Response {
    next.run(cx).await;
    panic!("on the way out")
}

fn app() -> Group {
    Group::new("")
        .get("/", async || "hello")
        .get("/panic", async || -> &'static str { panic!("boom") })
        .get("/later", async || -> &'static str {
            tokio::task::yield_now().await;
            panic!("boom")
        })
        .get("/value", async || -> &'static str { panic_any(7_u8) })
        .get("/value-that-panics", async || -> &'static str {
            panic_any(Bomb)
        })
        .get("/drop", async || {
            let _bomb = Bomb;
            "never"
        })
        .nest(
            Group::new("/in")
                .with(before_the_rest)
                .get("/", async || "never"),
        )
        .nest(
            Group::new("/out")
                .with(after_the_rest)
                .get("/", async || "never"),
        )
}

const PANICS: [&str; 7] = [
    "/panic",
    "/later",
    "/value",
    "/value-that-panics",
    "/drop",
    "/in/",
    "/out/",
];

#[tokio::test]
async fn a_panic_fails_only_its_request() {
    for app in [app(), app().with(Recovery::new())] {
        let server = Running::new(app).await;
        for path in PANICS {
            let mut wire = server.connect().await;
            wire.send(format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"))
                .await;
            let response = wire.until("500 Internal Server Error\n").await;
            assert!(response.starts_with("HTTP/1.1 500 "), "{path}: {response}");
            wire.send("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
                .await;
            let rest = wire.rest().await;
            assert!(rest.starts_with("HTTP/1.1 200 "), "{path}: {rest}");
        }
    }
}

/// The connection was closed without a response, as the chain had ended when the hook ran.
#[tokio::test]
async fn a_hook_that_panics_is_a_500_as_well() {
    let hook = |_: &mut Context, _: &Problem| -> StatusCode { panic!("no words") };
    let server = Running::new(app().on_error(hook)).await;
    for path in ["/panic", "/none", "/%zz"] {
        let response = server.get(path).await;
        assert!(response.starts_with("HTTP/1.1 500 "), "{path}: {response}");
        assert!(!response.contains("no words"), "{path}: {response}");
    }
}

#[tokio::test]
async fn a_value_that_panics_when_the_request_ends_harms_no_other_request() {
    let app = app().get("/kept", async |cx: &mut Context| {
        cx.set(Bomb);
        "kept"
    });
    let server = Running::new(app).await;
    let mut other = server.connect().await;
    for _ in 0..3 {
        server.get("/kept").await;
        other.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        other.until("hello").await;
    }
}

#[tokio::test]
async fn a_thousand_panics_at_once_harm_no_other_request() {
    let server = Running::new(app()).await;
    let mut wires = Vec::new();
    for _ in 0..100 {
        let mut wire = server.connect().await;
        let ask = "GET /panic HTTP/1.1\r\nhost: a\r\n\r\n".repeat(9);
        wire.send(format!(
            "{ask}GET /panic HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
        ))
        .await;
        wires.push(wire);
    }
    assert!(server.get("/").await.ends_with("hello"));
    for wire in &mut wires {
        let responses = wire.rest().await;
        assert_eq!(
            responses.matches("HTTP/1.1 500 ").count(),
            10,
            "{responses}"
        );
        assert_eq!(responses.matches("HTTP/1.1 ").count(), 10, "{responses}");
    }
}

/// A body that fails after its first frame.
fn broken(
    then: impl Fn() -> Poll<Option<Result<Frame<Bytes>, gin::failure::BoxError>>>
    + Send
    + Sync
    + 'static,
) -> Body {
    let mut is_begun = false;
    let stream = futures_util::stream::poll_fn(move |_| {
        if std::mem::replace(&mut is_begun, true) {
            return then();
        }
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"first")))))
    });
    Body::new(BoxBody::new(StreamBody::new(stream)))
}

#[tokio::test]
async fn a_body_that_fails_after_the_head_never_ends_cleanly() {
    let app = app()
        .get("/error", async || {
            broken(|| Poll::Ready(Some(Err("broken".into()))))
        })
        .get("/body-panic", async || broken(|| panic!("in the body")));
    let server = Running::new(app).await;
    for path in ["/error", "/body-panic"] {
        let response = server.get(path).await;
        assert!(!response.ends_with("0\r\n\r\n"), "{path}: {response}");
    }
    assert!(server.get("/").await.ends_with("hello"));
}

#[tokio::test]
async fn a_lock_that_was_held_in_a_panic_is_released() {
    #[derive(Clone, Default)]
    struct Locks {
        sync: Arc<Mutex<u32>>,
        queued: Arc<tokio::sync::Mutex<u32>>,
    }
    let app = || {
        Group::new("")
            .state(Locks::default())
            .get("/panic", async |State(locks): State<Locks>| -> () {
                let mut queued = locks.queued.lock().await;
                tokio::task::yield_now().await;
                *queued += 1;
                *locks.sync.lock().expect("no one has panicked yet") += 1;
                let _held = locks.sync.lock().unwrap_or_else(PoisonError::into_inner);
                panic!("with both")
            })
            .get("/", async |State(locks): State<Locks>| {
                let queued = *locks.queued.lock().await;
                let sync = *locks.sync.lock().unwrap_or_else(PoisonError::into_inner);
                format!("{queued} {sync}")
            })
    };
    let server = Running::new(app()).await;
    assert!(server.get("/panic").await.starts_with("HTTP/1.1 500 "));
    assert!(server.get("/").await.ends_with("1 1"));
    let server = Running::new(app()).await;
    let mut client = connect(server.stream().await).await;
    let panicked = send(&mut client, request("http://a/panic")).await;
    assert_eq!(panicked.status(), 500);
    let next = send(&mut client, request("http://a/")).await;
    assert_eq!(text(next).await, "1 1");
}

#[tokio::test]
async fn a_log_that_panicked_once_logs_the_next_request() {
    struct Brittle(Arc<Mutex<Vec<u8>>>, bool);
    impl Write for Brittle {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            assert!(std::mem::replace(&mut self.1, true), "the first time");
            self.0.lock().expect("it is not held").write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let text = Arc::default();
    let logger = Logger::plain(Brittle(Arc::clone(&text), false));
    let client = Client::new(app().with(logger));
    client.get("/").await.is(500);
    client.get("/").await.is(200);
    let text = text.lock().expect("it is not held");
    assert_eq!(String::from_utf8_lossy(&text).lines().count(), 1);
}
