//! Timeouts: slow and silent clients are disconnected.

use std::time::{Duration, Instant};

use gin::Server;
use gin::prelude::*;
use http_body::Frame;
use http_body_util::StreamBody;
use http_body_util::combinators::BoxBody;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::frames::{
    self, CONTINUATION, END_HEADERS, END_STREAM, GET, GOAWAY, HEADERS, PING, POST, PREFACE,
    SETTINGS, frame,
};
use crate::wire::{LONG, Running, Wire};

const SHORT: Duration = Duration::from_millis(200);
/// The most that the clock of the timeouts may be behind.
const TICK: Duration = Duration::from_millis(10);
/// Much longer than `SHORT`, even on a busy machine, and shorter than any default.
const SOON: Duration = Duration::from_secs(9);

fn app() -> Group {
    Group::new("")
        .get("/", async || "hello")
        .post("/echo", async |body: Bytes| body)
        .get("/big", async || vec![0; 64 << 20])
        .get("/slow", async || {
            tokio::time::sleep(3 * SHORT).await;
            "slow"
        })
}

/// A server whose timeouts are all short.
async fn strict() -> Running {
    let settings = |server: Server| {
        server
            .header_read_timeout(SHORT)
            .keep_alive_timeout(SHORT)
            .write_timeout(SHORT)
            .min_body_rate(1_000, SHORT)
    };
    Running::with(app(), settings).await
}

#[tokio::test]
async fn a_connection_without_a_complete_head_is_closed() {
    let server = strict().await;
    for head in [
        "",
        "GET / HT",
        "PRI * HTTP/2.0\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let start = Instant::now();
        let mut wire = server.connect().await;
        wire.send(head).await;
        wire.rest().await;
        let took = start.elapsed();
        let is_in_time = took + TICK >= SHORT && took < SOON;
        assert!(is_in_time, "{head:?} took {took:?}");
    }
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_is_timed_out() {
    let server = strict().await;
    let start = Instant::now();
    let mut wire = server.connect().await;
    for byte in "GET / HTTP/1.1\r\nhost: a\r\n".bytes().cycle() {
        if wire.0.write_all(&[byte]).await.is_err() || start.elapsed() > SOON {
            break;
        }
        tokio::time::sleep(SHORT / 10).await;
    }
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_later_head_that_stops_halfway_is_timed_out() {
    let settings = |server: Server| server.header_read_timeout(SHORT).keep_alive_timeout(LONG);
    let server = Running::with(app(), settings).await;
    let mut wire = server.connect().await;
    wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    wire.until("hello").await;
    half_a_head_is_timed_out(wire).await;
}

/// Checks it on a connection that has had requests before.
async fn half_a_head_is_timed_out(mut wire: Wire) {
    let start = Instant::now();
    wire.send("GET / HT").await;
    assert_eq!(wire.rest().await, "");
    let took = start.elapsed();
    assert!(took + TICK >= SHORT && took < SOON, "{took:?}");
}

/// Checks that the server sends a `GOAWAY` frame and closes the connection.
///
/// A ping before it would mean that the server looked for a client that has gone, long after the timeout.
async fn is_sent_away(mut wire: Wire) {
    let mut kinds = Vec::new();
    let end = async {
        while let Some(frame) = frames::Frame::read(&mut wire.0).await {
            kinds.push(frame.kind);
        }
    };
    timeout(LONG, end).await.expect("the server closes");
    let signs = [GOAWAY, PING];
    let first = kinds.iter().find(|kind| signs.contains(kind));
    assert_eq!(first, Some(&GOAWAY), "{kinds:?}");
}

/// The start of a head of HTTP/2, whose rest would come in a `CONTINUATION` frame.
fn half_a_head(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_STREAM, stream, GET)
}

#[tokio::test]
async fn over_http2_a_first_head_that_stops_halfway_is_timed_out() {
    let settings = |server: Server| {
        let server = server.header_read_timeout(SHORT);
        server.keep_alive_timeout(Duration::MAX)
    };
    let server = Running::with(app(), settings).await;
    let mut wire = server.connect().await;
    wire.send(PREFACE).await;
    wire.send([frame(SETTINGS, 0, 0, b""), half_a_head(1)].concat())
        .await;
    is_sent_away(wire).await;
}

#[tokio::test]
async fn over_http2_a_later_head_that_stops_halfway_is_timed_out() {
    let settings = |server: Server| {
        let server = server.header_read_timeout(Duration::MAX);
        server.keep_alive_timeout(SHORT)
    };
    let server = Running::with(app(), settings).await;
    let mut wire = server.connect().await;
    wire.send(PREFACE).await;
    let first = frame(HEADERS, END_STREAM | END_HEADERS, 1, GET);
    wire.send([frame(SETTINGS, 0, 0, b""), first].concat())
        .await;
    wire.until("hello").await;
    wire.send(half_a_head(3)).await;
    is_sent_away(wire).await;
}

/// Each is a start of a header block that never ends.
fn half_heads() -> Vec<Vec<u8>> {
    let whole = frame(HEADERS, END_STREAM | END_HEADERS, 3, GET);
    let mut halves: Vec<_> = [1, 9, whole.len() - 1]
        .iter()
        .map(|&length| whole[..length].to_vec())
        .collect();
    halves.push(half_a_head(3));
    halves.push([half_a_head(3), frame(CONTINUATION, 0, 3, b"")].concat());
    halves
}

#[tokio::test]
async fn over_http2_half_a_head_beside_a_running_request_is_timed_out() {
    let settings = |server: Server| server.header_read_timeout(SHORT);
    let server = Running::with(app(), settings).await;
    for half in half_heads() {
        let mut wire = server.connect().await;
        wire.send(PREFACE).await;
        let running = frame(HEADERS, END_HEADERS, 1, POST);
        wire.send([frame(SETTINGS, 0, 0, b""), running, half].concat())
            .await;
        is_sent_away(wire).await;
    }
}

#[tokio::test]
async fn a_head_after_a_pause_has_the_same_timeout() {
    let settings = |server: Server| server.header_read_timeout(SHORT).keep_alive_timeout(LONG);
    let server = Running::with(app(), settings).await;
    let mut wire = server.connect().await;
    wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    wire.until("hello").await;
    tokio::time::sleep(2 * SHORT).await;
    wire.send("GET / HT").await;
    wire.send("TP/1.1\r\nhost: a\r\n\r\n").await;
    wire.until("hello").await;
    tokio::time::sleep(2 * SHORT).await;
    half_a_head_is_timed_out(wire).await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_busy_one_is_not() {
    let server = strict().await;
    let mut wire = server.connect().await;
    wire.send("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
    wire.until("slow").await;
    let start = Instant::now();
    assert_eq!(wire.rest().await, "");
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_timed_out() {
    let server = strict().await;
    let mut wire = server.connect().await;
    wire.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n")
        .await;
    let dribble = async {
        for _ in 0..50 {
            wire.send("x").await;
            tokio::time::sleep(SHORT / 10).await;
        }
    };
    dribble.await;
    let response = wire.until("408").await;
    assert!(response.starts_with("HTTP/1.1 408 "), "{response}");
}

#[tokio::test]
async fn a_body_that_is_only_large_is_not_timed_out() {
    // A thousand bytes at one a second give more time than any machine takes for the rest.
    let server = Running::with(app(), |server| server.min_body_rate(1, SHORT)).await;
    let mut wire = server.connect().await;
    let head = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 4000\r\n\r\n";
    wire.send(format!("{head}{}", "x".repeat(1_000))).await;
    tokio::time::sleep(2 * SHORT).await;
    wire.send("x".repeat(3_000)).await;
    assert!(wire.until("xxxx").await.starts_with("HTTP/1.1 200 "));
}

type Dropped = mpsc::UnboundedSender<()>;

/// Sends a message when it is dropped.
struct OnDrop(Dropped);

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

/// A body as large as that of `/big`, in chunks.
fn chunks(on_drop: OnDrop) -> Body {
    const CHUNK: &[u8] = &[0; 64 << 10];
    let chunks = std::iter::repeat_with(move || {
        let _held = &on_drop;
        Ok(Frame::data(Bytes::from_static(CHUNK)))
    });
    let chunks = futures_util::stream::iter(chunks.take(1024));
    Body::new(BoxBody::new(StreamBody::new(chunks)))
}

#[tokio::test]
async fn a_client_that_does_not_read_is_disconnected() {
    let (dropped, mut drops): (Dropped, _) = mpsc::unbounded_channel();
    let big = async |State(dropped): State<Dropped>| chunks(OnDrop(dropped));
    let app = Group::new("").state(dropped).get("/", big);
    let server = Running::with(app, |server| server.write_timeout(SHORT)).await;
    let mut wire = server.connect().await;
    wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let end = timeout(SOON, drops.recv()).await;
    end.expect("the server drops the body");
    let mut bytes = Vec::new();
    let read = wire.0.read_to_end(&mut bytes);
    let _ = timeout(LONG, read).await.expect("the server closes");
    assert!(bytes.len() < 64 << 20, "{} bytes came", bytes.len());
}

#[tokio::test]
async fn a_client_that_reads_slowly_gets_everything() {
    let settings = |server: Server| server.header_read_timeout(SHORT).keep_alive_timeout(SHORT);
    let server = Running::with(app(), settings).await;
    let mut wire = server.connect().await;
    wire.send("GET /big HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let mut part = vec![0; 16 << 20];
    for _ in 0..4 {
        wire.0
            .read_exact(&mut part)
            .await
            .expect("the server goes on");
        tokio::time::sleep(2 * SHORT).await;
    }
}

#[tokio::test]
async fn stalled_heads_do_not_keep_others_waiting() {
    let settings = |server: Server| server.header_read_timeout(Duration::MAX);
    let server = Running::with(app(), settings).await;
    let mut stalled = Vec::new();
    let opening = [PREFACE.as_bytes(), &frame(SETTINGS, 0, 0, b"")].concat();
    for _ in 0..150 {
        for half in [
            "GET / HTTP/1.1\r\n".into(),
            [&*opening, &half_a_head(1)].concat(),
        ] {
            let mut wire = server.connect().await;
            wire.send(half).await;
            stalled.push(wire);
        }
    }
    // None of these heads is ever complete, so the server must not wait for one.
    assert!(server.get("/").await.ends_with("hello"));
    let mut wire = server.connect().await;
    let whole = frame(HEADERS, END_STREAM | END_HEADERS, 1, GET);
    wire.send([opening, whole].concat()).await;
    wire.until("hello").await;
}
