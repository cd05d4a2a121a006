//! Shutdown: clients that have sent nothing, or half a head, do not delay it.

use std::time::{Duration, Instant};

use gin::Server;
use gin::prelude::*;

use crate::wire::{LONG, Running};

/// Much longer than a silent client may delay the shutdown, even on a busy machine.
const SOON: Duration = Duration::from_secs(20);

/// A server whose own timeouts end no connection in the time of a test.
async fn patient() -> Running {
    let settings = |server: Server| {
        let server = server.header_read_timeout(LONG).keep_alive_timeout(LONG);
        server.shutdown_timeout(LONG)
    };
    Running::with(Group::new("").get("/", async || "hello"), settings).await
}

#[tokio::test]
async fn a_silent_connection_does_not_delay_shutdown() {
    let beginnings = [
        "",
        "GET / HT",
        "GET / HTTP/1.1\r\nhost: a\r\n",
        "PRI * HTTP/2.0\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HT",
    ];
    for beginning in beginnings {
        let mut server = patient().await;
        let mut wire = server.connect().await;
        wire.send(beginning).await;
        if beginning.contains("\r\n\r\n") && beginning.starts_with("GET") {
            wire.until("hello").await;
        }
        let start = Instant::now();
        server.shut_down();
        server.ended().await;
        assert!(
            start.elapsed() < SOON,
            "{beginning:?} took {:?}",
            start.elapsed()
        );
    }
}

/// No other server gets the request of a client that has connected to this one.
#[tokio::test]
async fn a_head_that_is_completed_during_shutdown_is_served() {
    let mut server = patient().await;
    let mut wires = Vec::new();
    for beginning in ["", "GET / HTTP/1.1\r\nho"] {
        let mut wire = server.connect().await;
        wire.send(beginning).await;
        wires.push((wire, beginning.len()));
    }
    // The server accepts in order, so that it has those above once it has responded to this one.
    assert!(server.get("/").await.ends_with("hello"));
    server.shut_down();
    for (wire, sent) in &mut wires {
        let request = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
        wire.send(&request[*sent..]).await;
        let response = wire.rest().await;
        assert!(response.ends_with("hello"), "{sent}: {response:?}");
    }
    server.ended().await;
}
