//! Clients that are slow, or never come to the point, are cut off.

use std::time::{Duration, Instant};

use gin::{Server, prelude::*};
use http_body::Frame;
use http_body_util::{StreamBody, combinators::BoxBody};
use nix::sys::signal::Signal;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
    time::timeout,
};

use crate::{
    child::Served,
    wire::{LONG, Running, Wire},
};

const SHORT: Duration = Duration::from_millis(200);
/// How far the clock that deadlines go by may be behind.
const TICK: Duration = Duration::from_millis(10);
/// Long after `SHORT` even where the machine is busy, and before any deadline's default.
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

#[tokio::test]
#[ignore = "a test below runs it, in a process of its own"]
async fn server() {
    let server = Server::new(Engine::new(app()).expect("it is sound"));
    let server = server.keep_alive_timeout(SHORT);
    server.run().await.expect("a socket was passed on");
}

/// A server whose deadlines are all short.
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
async fn a_head_that_does_not_come_ends_the_connection() {
    let server = strict().await;
    for start in [
        "",
        "GET / HT",
        "PRI * HTTP/2.0\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let begun = Instant::now();
        let mut wire = server.connect().await;
        wire.send(start).await;
        wire.rest().await;
        let took = begun.elapsed();
        let is_in_time = took + TICK >= SHORT && took < SOON;
        assert!(is_in_time, "{start:?} took {took:?}");
    }
}

#[tokio::test]
async fn a_head_that_dribbles_ends_the_connection() {
    let server = strict().await;
    let begun = Instant::now();
    let mut wire = server.connect().await;
    for octet in "GET / HTTP/1.1\r\nhost: a\r\n".bytes().cycle() {
        if wire.0.write_all(&[octet]).await.is_err() || begun.elapsed() > SOON {
            break;
        }
        tokio::time::sleep(SHORT / 10).await;
    }
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_later_head_that_stops_halfway_ends_the_connection() {
    let settings = |server: Server| server.header_read_timeout(SHORT).keep_alive_timeout(LONG);
    let server = Running::with(app(), settings).await;
    let mut wire = server.connect().await;
    wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    wire.until("hello").await;
    half_a_head_is_cut_off(wire).await;
}

/// On a connection that has been at work.
async fn half_a_head_is_cut_off(mut wire: Wire) {
    let begun = Instant::now();
    wire.send("GET / HT").await;
    assert_eq!(wire.rest().await, "");
    let took = begun.elapsed();
    assert!(took + TICK >= SHORT && took < SOON, "{took:?}");
}

#[tokio::test]
async fn a_head_after_a_pause_has_no_more_time_than_any() {
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
    half_a_head_is_cut_off(wire).await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_busy_one_is_not() {
    let server = strict().await;
    let mut wire = server.connect().await;
    wire.send("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
    wire.until("slow").await;
    let begun = Instant::now();
    assert_eq!(wire.rest().await, "");
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_body_that_dribbles_is_timed_out() {
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
    let answer = wire.until("408").await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn a_body_that_is_only_large_is_not() {
    // A thousand octets at one a second have bought more time than any machine takes for the rest.
    let server = Running::with(app(), |server| server.min_body_rate(1, SHORT)).await;
    let mut wire = server.connect().await;
    let head = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 4000\r\n\r\n";
    wire.send(format!("{head}{}", "x".repeat(1_000))).await;
    tokio::time::sleep(2 * SHORT).await;
    wire.send("x".repeat(3_000)).await;
    assert!(wire.until("xxxx").await.starts_with("HTTP/1.1 200 "));
}

type Told = mpsc::UnboundedSender<()>;

/// Tells when the server has let go of it.
struct OnDrop(Told);

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

/// As much as `/big`, in pieces.
fn pieces(on_drop: OnDrop) -> Body {
    const PIECE: &[u8] = &[0; 64 << 10];
    let pieces = std::iter::repeat_with(move || {
        let _held = &on_drop;
        Ok(Frame::data(Bytes::from_static(PIECE)))
    });
    let pieces = futures_util::stream::iter(pieces.take(1024));
    Body::new(BoxBody::new(StreamBody::new(pieces)))
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off() {
    let (told, mut let_go): (Told, _) = mpsc::unbounded_channel();
    let big = async |State(told): State<Told>| pieces(OnDrop(told));
    let app = Group::new("").state(told).get("/", big);
    let server = Running::with(app, |server| server.write_timeout(SHORT)).await;
    let mut wire = server.connect().await;
    wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let end = timeout(SOON, let_go.recv()).await;
    end.expect("the server lets go");
    let mut octets = Vec::new();
    let read = wire.0.read_to_end(&mut octets);
    let _ = timeout(LONG, read).await.expect("the server closes");
    assert!(octets.len() < 64 << 20, "{} octets came", octets.len());
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
    for _ in 0..150 {
        let mut wire = server.connect().await;
        wire.send("GET / HTTP/1.1\r\n").await;
        stalled.push(wire);
    }
    // None of them will ever end, so nobody may wait for one.
    assert!(server.get("/").await.ends_with("hello"));
}

/// It looked at the clock first, and closed connections on which the next request had long come.
#[tokio::test]
async fn a_server_that_was_late_itself_does_not_blame_its_clients() {
    let server = Served::running("timeouts::server");
    let request = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    for _ in 0..3 {
        let mut wire = idle_on_a_stopped(&server).await;
        wire.send(request).await;
        tokio::time::sleep(2 * SHORT).await;
        server.tell(Signal::SIGCONT);
        assert!(wire.until("hello").await.starts_with("HTTP/1.1 200 "));
    }
}

/// A connection that was open, and between two requests, when the server was stopped.
async fn idle_on_a_stopped(server: &Served) -> Wire {
    loop {
        let mut wire = server.connect().await;
        wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        wire.until("hello").await;
        server.halt();
        let socket = wire.0.into_std().expect("it is open");
        if let Err(error) = socket.peek(&mut [0]) {
            assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
            return Wire(TcpStream::from_std(socket).expect("it is open"));
        }
        // On a busy machine the deadline was the first to come.
        server.tell(Signal::SIGCONT);
    }
}
