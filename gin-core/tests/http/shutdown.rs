//! Shutdown: running requests end, and no new ones start.

use std::time::{Duration, Instant};

use gin::prelude::*;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::wire::{Running, Wire};

/// The default timeout of a shutdown.
const BY_DEFAULT: Duration = Duration::from_secs(10);

fn app(started: mpsc::UnboundedSender<()>) -> Group {
    Group::new("")
        .state(started)
        .get("/", async || "hello")
        .get("/until-shutdown", async |cx: &mut Context| {
            cx.state::<mpsc::UnboundedSender<()>>()
                .expect("it was given")
                .send(())
                .expect("the test listens");
            cx.shutdown().requested().await;
            "bye"
        })
        .get(
            "/forever",
            async |State(started): State<mpsc::UnboundedSender<()>>| {
                started.send(()).expect("the test listens");
                std::future::pending::<()>().await;
            },
        )
        .get("/upgrade", async |cx: &mut Context| {
            cx.upgrade("wait", async |mut upgraded| {
                let _ = upgraded.read_u8().await;
            })
        })
}

#[tokio::test]
async fn running_requests_end_and_no_new_one_starts() {
    let (started, mut starts) = mpsc::unbounded_channel();
    let mut server = Running::new(app(started)).await;
    let mut idle = server.connect().await;
    idle.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    idle.until("hello").await;
    let mut wires = Vec::new();
    for _ in 0..50 {
        let mut wire = server.connect().await;
        wire.send("GET /until-shutdown HTTP/1.1\r\nhost: a\r\n\r\n")
            .await;
        wires.push(wire);
    }
    for _ in 0..50 {
        starts.recv().await.expect("every handler starts");
    }
    server.shut_down();
    for wire in &mut wires {
        let response = wire.rest().await;
        assert!(response.ends_with("bye"), "{response}");
    }
    assert_eq!(idle.rest().await, "", "idle connections are closed");
    // A process that another test is just starting has this one's sockets, too, until it executes its program. A client may connect
    // there and wait in vain, so that a refused connection can be seen only with a server in a process of its own.
    if let Ok(late) = TcpStream::connect(server.address).await {
        let mut late = Wire::from(late);
        late.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        assert_eq!(late.rest().await, "", "no new one starts");
    }
    server.ended().await;
}

#[tokio::test]
async fn requests_that_do_not_end_are_cut_off_after_the_timeout() {
    let (started, mut starts) = mpsc::unbounded_channel();
    let shutdown_timeout = Duration::from_millis(300);
    let mut server = Running::with(app(started), |server| {
        server.shutdown_timeout(shutdown_timeout)
    })
    .await;
    let mut forever = server.connect().await;
    forever
        .send("GET /forever HTTP/1.1\r\nhost: a\r\n\r\n")
        .await;
    starts.recv().await.expect("the handler starts");
    let mut upgraded = server.connect().await;
    upgraded
        .send("GET /upgrade HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: wait\r\n\r\n")
        .await;
    upgraded.until("101").await;
    let start = Instant::now();
    server.shut_down();
    server.ended().await;
    let took = start.elapsed();
    assert!(took >= shutdown_timeout && took < BY_DEFAULT, "{took:?}");
    forever.rest().await;
    upgraded.rest().await;
}
