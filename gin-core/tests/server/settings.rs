//! Settings at their ends: each is refused with its place, or works.

use std::time::Duration;

use gin::prelude::*;
use gin::{Engine, Server};
use tokio::net::TcpListener;

use crate::wire::{Running, status};

fn app() -> Group {
    Group::new("")
        .get("/", async || "hello")
        .post("/echo", async |body: Bytes| body)
}

type Change = fn(Server) -> Server;

const REFUSED: [(&str, Change); 14] = [
    ("header_read_timeout(0ns)", |server| {
        server.header_read_timeout(Duration::ZERO)
    }),
    ("header_read_timeout(1ns)", |server| {
        server.header_read_timeout(Duration::from_nanos(1))
    }),
    ("keep_alive_timeout(0ns)", |server| {
        server.keep_alive_timeout(Duration::ZERO)
    }),
    ("keep_alive_timeout(1ns)", |server| {
        server.keep_alive_timeout(Duration::from_nanos(1))
    }),
    ("write_timeout(0ns)", |server| {
        server.write_timeout(Duration::ZERO)
    }),
    ("write_timeout(1ns)", |server| {
        server.write_timeout(Duration::from_nanos(1))
    }),
    ("max_header_size(0)", |server| server.max_header_size(0)),
    ("max_header_size(1)", |server| server.max_header_size(1)),
    ("max_header_size(18446744073709551615)", |server| {
        server.max_header_size(usize::MAX)
    }),
    ("max_headers(0)", |server| server.max_headers(0)),
    ("max_headers(10001)", |server| server.max_headers(10_001)),
    ("max_headers(18446744073709551615)", |server| {
        server.max_headers(usize::MAX)
    }),
    ("max_uri_size(0)", |server| server.max_uri_size(0)),
    ("max_http2_buffer(0)", |server| server.max_http2_buffer(0)),
];

#[tokio::test]
async fn a_setting_that_no_server_can_have_is_refused_with_its_place() {
    for (setting, change) in REFUSED {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let engine = Engine::new(app()).expect("the group is sound");
        let server = change(Server::new(engine)).listen(listener.expect("there is a free port"));
        let error = server.run().await.expect_err(setting).to_string();
        assert!(error.contains(&format!("`{setting}`")), "{error}");
        assert!(error.contains(concat!(file!(), ":")), "{error}");
    }
}

const SERVED: [(&str, Change); 18] = [
    ("drain_delay 0", |server| server.drain_delay(Duration::ZERO)),
    ("max_http2_buffer 1", |server| server.max_http2_buffer(1)),
    ("max_http2_buffer MAX", |server| {
        server.max_http2_buffer(usize::MAX)
    }),
    ("header_read_timeout MAX", |server| {
        server.header_read_timeout(Duration::MAX)
    }),
    ("keep_alive_timeout 1 ms", |server| {
        server.keep_alive_timeout(Duration::from_millis(1))
    }),
    ("keep_alive_timeout MAX", |server| {
        server.keep_alive_timeout(Duration::MAX)
    }),
    ("write_timeout 1 ms", |server| {
        server.write_timeout(Duration::from_millis(1))
    }),
    ("write_timeout MAX", |server| {
        server.write_timeout(Duration::MAX)
    }),
    ("every timeout MAX", |server| {
        let server = server.header_read_timeout(Duration::MAX);
        server
            .keep_alive_timeout(Duration::MAX)
            .write_timeout(Duration::MAX)
    }),
    ("shutdown_timeout MAX", |server| {
        server.shutdown_timeout(Duration::MAX)
    }),
    ("min_body_rate 0", |server| {
        server.min_body_rate(0, Duration::ZERO)
    }),
    ("min_body_rate 1", |server| {
        server.min_body_rate(1, Duration::MAX)
    }),
    ("min_body_rate MAX", |server| {
        server.min_body_rate(u32::MAX, Duration::MAX)
    }),
    ("max_header_size 1 KiB", |server| {
        server.max_header_size(1 << 10)
    }),
    ("max_header_size 16 MiB", |server| {
        server.max_header_size(16 << 20)
    }),
    ("max_headers 10,000", |server| server.max_headers(10_000)),
    ("max_uri_size 1", |server| server.max_uri_size(1)),
    ("max_uri_size MAX", |server| server.max_uri_size(usize::MAX)),
];

#[tokio::test]
async fn a_setting_at_its_end_works() {
    for (setting, change) in SERVED {
        let mut server = Running::with(app(), change).await;
        let response = server.get("/").await;
        assert!(response.ends_with("hello"), "{setting}: {response}");
        if setting.starts_with("min_body_rate") {
            let mut wire = server.connect().await;
            wire.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhe").await;
            tokio::task::yield_now().await;
            wire.send("llo").await;
            let response = wire.rest().await;
            assert_eq!(status(&response), "200", "{setting}: {response}");
        }
        server.shut_down();
        server.ended().await;
    }
}

#[tokio::test]
async fn a_server_that_drains_for_ever_goes_on_serving() {
    let settings = |server: Server| server.drain_delay(Duration::MAX);
    let mut server = Running::with(app(), settings).await;
    assert!(server.get("/").await.ends_with("hello"));
    server.shut_down();
    assert!(server.get("/").await.ends_with("hello"));
}

#[tokio::test]
async fn one_header_is_the_host() {
    let server = Running::with(app(), |server| server.max_headers(1)).await;
    let response = server.exchange("GET / HTTP/1.0\r\nhost: a\r\n\r\n").await;
    assert_eq!(status(&response), "200", "{response}");
    assert_eq!(status(&server.get("/").await), "431");
}

#[tokio::test]
async fn a_shutdown_without_time_cuts_off_at_once() {
    let wait = async || std::future::pending::<()>().await;
    let settings = |server: Server| server.shutdown_timeout(Duration::ZERO);
    let mut server = Running::with(Group::new("").get("/", wait), settings).await;
    let mut wire = server.connect().await;
    wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    server.shut_down();
    server.ended().await;
    assert_eq!(wire.rest().await, "");
}
