//! Clients: many at once, slow ones, those that leave, and those whose body nothing reads.

use std::time::{Duration, Instant};

use gin::Server;
use gin::prelude::*;
use gin::server::Listener;
use tokio::io::AsyncReadExt;
use tokio::net::TcpSocket;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::wire::{LONG, Running, Wire, status};

type Events = mpsc::UnboundedSender<&'static str>;

struct OnDrop(Events);

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = self.0.send("dropped");
    }
}

/// The kernel of a client whose connection finds no place tries again after a second.
#[tokio::test]
async fn a_thousand_clients_connect_at_once() {
    let listener = Listener::tcp("127.0.0.1:0")
        .await
        .expect("there is a free port");
    let address = listener.to_string();
    let address = address.trim_start_matches("http://").to_owned();
    // Nothing accepts: all wait in the backlog.
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..1_000 {
        let address = address.clone();
        clients.spawn(async move { tokio::net::TcpStream::connect(address).await });
    }
    let start = Instant::now();
    let connected = timeout(LONG, clients.join_all())
        .await
        .expect("they connect");
    assert!(connected.iter().all(Result::is_ok));
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
    drop(listener);
}

#[tokio::test]
async fn a_client_that_leaves_after_a_second_request_cancels_its_handler() {
    let (events, mut waiter) = mpsc::unbounded_channel();
    let wait = async |State(events): State<Events>| {
        events.send("begun").expect("the test listens");
        let _on_drop = OnDrop(events);
        std::future::pending::<()>().await;
    };
    let server = Running::new(Group::new("").state(events).get("/", wait)).await;
    for count in [2, 3, 500] {
        let mut wire = server.connect().await;
        wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n".repeat(count))
            .await;
        let mut next = async || timeout(LONG, waiter.recv()).await.expect("an event comes");
        assert_eq!(next().await, Some("begun"));
        drop(wire);
        assert_eq!(next().await, Some("dropped"), "{count}");
    }
}

#[tokio::test]
async fn a_connection_with_an_unread_body_is_kept_or_announces_its_end() {
    let app = Group::new("").post("/", async || "ignored");
    let server = Running::new(app).await;
    let small = "x".repeat(1_000);
    let large = "x".repeat(300_000);
    for (framing, body, is_kept) in [
        ("content-length: 1000", small.clone(), true),
        ("content-length: 300000", large.clone(), false),
        ("content-length: 1000", "x".repeat(999), false),
        (
            "transfer-encoding: chunked",
            format!("3e8\r\n{small}\r\n0\r\n\r\n"),
            true,
        ),
        (
            "transfer-encoding: chunked",
            format!("3e8\r\n{small}\r\n"),
            false,
        ),
        (
            "expect: 100-continue\r\ncontent-length: 1000",
            String::new(),
            false,
        ),
    ] {
        let mut wire = server.connect().await;
        wire.send(format!(
            "POST / HTTP/1.1\r\nhost: a\r\n{framing}\r\n\r\n{body}"
        ))
        .await;
        let response = wire.until("ignored").await;
        assert_eq!(status(&response), "200", "{response}");
        let is_closed = response.contains("connection: close");
        assert_eq!(is_closed, !is_kept, "{framing}, {}: {response}", body.len());
        if is_kept {
            wire.send("POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
                .await;
            assert!(wire.rest().await.ends_with("ignored"));
        } else {
            assert_eq!(wire.rest().await, "");
        }
    }
}

/// Only Linux reports what a client has acknowledged.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_steady_reader_is_not_cut_off_and_one_that_stops_is() {
    const WRITE_TIMEOUT: Duration = Duration::from_secs(1);
    let (events, mut waiter) = mpsc::unbounded_channel();
    let endless = async |State(events): State<Events>| {
        let on_drop = OnDrop(events);
        Body::from_writer(async move |mut out| {
            let _on_drop = on_drop;
            loop {
                out.send(vec![0; 64 << 10]).await;
            }
        })
    };
    let app = Group::new("").state(events).get("/", endless);
    let server = Running::with(app, |server: Server| server.write_timeout(WRITE_TIMEOUT)).await;
    let socket = TcpSocket::new_v4().expect("there are sockets");
    socket.set_recv_buffer_size(8 << 10).expect("it is open");
    let client = socket.connect(server.address).await;
    let stream = Running::over(client.expect("the server listens")).await;
    let mut wire = Wire::from(stream);
    wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let start = Instant::now();
    let mut part = [0; 2 << 10];
    // About 100 kB in each timeout: far from the third of the kernel's buffer that would unblock the write.
    while start.elapsed() < 6 * WRITE_TIMEOUT {
        let read = wire.0.read_exact(&mut part).await;
        read.expect("the kernel has more");
        // A server that cuts the client off drops the body, long before the client has read what the kernel has.
        assert_eq!(waiter.try_recv().ok(), None, "after {:?}", start.elapsed());
        // The pace of the client.
        tokio::time::sleep(WRITE_TIMEOUT / 50).await;
    }
    let dropped = timeout(LONG, waiter.recv()).await;
    assert_eq!(dropped.expect("the server drops the body"), Some("dropped"));
}
