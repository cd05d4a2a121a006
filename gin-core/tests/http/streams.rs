//! Bodies that are streamed, in and out, on real sockets.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use gin::extract::BodyError;
use gin::prelude::*;
use gin::{Engine, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

use crate::child::Served;
use crate::transport;
use crate::wire::{LONG, Running, Wire, status};

const SERVER: &str = "streams::server";

const GIBIBYTE: usize = 1 << 30;

async fn count(mut body: Body) -> gin::Result<String> {
    let mut length = 0;
    while let Some(chunk) = body.chunk().await? {
        length += chunk.len();
    }
    Ok(length.to_string())
}

async fn copy(body: Body) -> gin::Result<String> {
    let mut sink = tokio::io::sink();
    let length = tokio::io::copy(&mut body.into_async_read(), &mut sink).await?;
    Ok(length.to_string())
}

async fn add(body: Body) -> gin::Result<String> {
    let lengths = body.into_data_stream().map_ok(|chunk| chunk.len());
    let length = lengths.try_fold(0, async |sum, length| Ok(sum + length));
    Ok(length.await?.to_string())
}

async fn collect(body: Body) -> gin::Result<String> {
    Ok(body.collect_bytes(usize::MAX).await?.len().to_string())
}

async fn ignore(cx: &mut Context) -> &'static str {
    let mut body = cx.take_body();
    while let Ok(Some(_)) = body.chunk().await {}
    "it went well"
}

fn readers() -> Group {
    Group::new("")
        .post("/count", count)
        .post("/copy", copy)
        .post("/add", add)
        .post("/collect", collect)
        .post("/ignore", ignore)
}

const READERS: [&str; 5] = ["/count", "/copy", "/add", "/collect", "/ignore"];

#[tokio::test]
#[ignore = "the tests below run it, in a process of its own"]
async fn server() {
    let app = readers()
        .body_limit(usize::MAX)
        .get("/", async || "hello")
        .get("/two-gibibytes", async || {
            let bytes = tokio::io::repeat(b'x').take(2 << 30);
            Body::from_reader(bytes).with_len(2 << 30)
        })
        .get("/bytes", async || {
            let bytes = stream::iter(0..1_000_000).map(|_| Ok::<_, Infallible>("x"));
            Body::from_stream(bytes)
        });
    let server = Server::new(Engine::new(app).expect("it is sound"));
    let server = transport::served(server);
    server.run().await.expect("a socket was passed on");
}

/// Sends the head of a chunked request.
async fn begin_chunked(wire: &mut Wire, path: &str) {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    wire.send(head).await;
}

#[tokio::test]
async fn a_stream_ends_with_413_where_its_limit_is_passed() {
    let server = Running::new(readers()).await;
    for path in READERS {
        let mut wire = server.connect().await;
        let head = format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: {GIBIBYTE}\r\n\r\n");
        wire.send(head).await;
        let response = wire.until("larger than 2097152 bytes").await;
        assert_eq!(status(&response), "413", "{path}: {response}");

        let mut wire = server.connect().await;
        begin_chunked(&mut wire, path).await;
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
        for _ in 0..33 {
            wire.send(&chunk).await;
        }
        let response = wire.until("larger than 2097152 bytes").await;
        assert_eq!(status(&response), "413", "{path}: {response}");
    }
    let body = "x".repeat(2 << 20);
    for path in &READERS[..4] {
        let response = server
            .exchange(format!(
                "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            ))
            .await;
        assert!(response.ends_with("\r\n2097152"), "{path}: {response}");
    }
}

#[tokio::test]
async fn a_stream_that_is_cut_off_is_400() {
    let server = Running::new(readers()).await;
    for path in READERS {
        let mut wire = server.connect().await;
        wire.send(format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello"
        ))
        .await;
        wire.0.shutdown().await.expect("it is open");
        let response = wire.rest().await;
        assert_eq!(status(&response), "400", "{path}: {response}");

        let mut wire = server.connect().await;
        begin_chunked(&mut wire, path).await;
        wire.send("5\r\nhelloX\r\n\r\n").await;
        let response = wire.rest().await;
        assert_eq!(status(&response), "400", "{path}: {response}");
    }
}

#[tokio::test]
async fn a_stream_that_stalls_is_408() {
    let rate = |server: Server| server.min_body_rate(1_000_000, Duration::from_millis(50));
    let server = Running::with(readers(), rate).await;
    for path in READERS {
        let mut wire = server.connect().await;
        begin_chunked(&mut wire, path).await;
        wire.send("5\r\nhello\r\n").await;
        let response = wire.rest().await;
        assert_eq!(status(&response), "408", "{path}: {response}");
    }
}

#[tokio::test]
async fn a_handler_gets_the_reason_why_a_stream_ended() {
    let app = Group::new("")
        .body_limit(5)
        .post("/", async |mut body: Body| {
            loop {
                match body.chunk().await {
                    Ok(Some(_)) => {}
                    Ok(None) => return (StatusCode::OK, "whole".to_owned()),
                    Err(BodyError::TooLarge { limit }) => {
                        return (StatusCode::PAYLOAD_TOO_LARGE, format!("at most {limit}"));
                    }
                    Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()),
                }
            }
        });
    let server = Running::new(app).await;
    let mut wire = server.connect().await;
    begin_chunked(&mut wire, "/").await;
    wire.send("6\r\nhello!\r\n0\r\n\r\n").await;
    let response = wire.rest().await;
    assert_eq!(status(&response), "413", "{response}");
    assert!(response.ends_with("at most 5"), "{response}");
}

#[tokio::test]
async fn a_gibibyte_is_received_in_bounded_memory() {
    let server = Served::running(SERVER);
    server.get("/").await;
    let before = server.peak();
    for path in ["/count", "/copy"] {
        let mut wire = server.connect().await;
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {GIBIBYTE}\r\n\r\n"
        );
        wire.send(head).await;
        let part = vec![b'x'; 1 << 20];
        for _ in 0..GIBIBYTE / part.len() {
            wire.send(&part).await;
        }
        let response = wire.rest().await;
        assert!(
            response.ends_with(&format!("\r\n{GIBIBYTE}")),
            "{path}: {response}"
        );
    }
    let grown = server.peak() - before;
    assert!(grown < 8 << 20, "{grown} bytes more");
}

#[tokio::test]
async fn large_and_tiny_pieces_are_sent_in_constant_memory() {
    let server = Served::running(SERVER);
    server.get("/").await;
    let before = server.peak();
    for (path, least) in [("/two-gibibytes", 2 << 30), ("/bytes", 1_000_000)] {
        let mut wire = server.begin(path).await;
        let mut buffer = vec![0; 1 << 20];
        let mut received = 0;
        loop {
            let read = timeout(LONG, wire.0.read(&mut buffer)).await;
            match read.expect("more comes").expect("it is not reset") {
                0 => break,
                length => received += length,
            }
        }
        assert!(received >= least, "{path}: {received}");
    }
    let grown = server.peak() - before;
    assert!(grown < 4 << 20, "{grown} bytes more");
}

type Events = mpsc::UnboundedSender<&'static str>;

/// Sends when it is dropped.
struct OnDrop(Events);

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = self.0.send("dropped");
    }
}

#[tokio::test]
async fn a_client_that_disconnects_drops_the_producer() {
    let (events, mut heard) = mpsc::unbounded_channel();
    let endless = async |State(events): State<Events>| {
        let on_drop = OnDrop(events);
        Body::from_stream(stream::repeat_with(move || {
            let _ = &on_drop;
            Ok::<_, Infallible>("hello")
        }))
    };
    let silent = async |State(events): State<Events>| {
        let on_drop = OnDrop(events);
        let first = stream::iter([Ok::<_, Infallible>("hello")]);
        Body::from_stream(first.chain(stream::poll_fn(move |_| {
            let _ = &on_drop;
            std::task::Poll::Pending
        })))
    };
    let app = Group::new("")
        .state(events)
        .get("/endless", endless)
        .get("/silent", silent);
    let server = Running::new(app).await;
    for path in ["/endless", "/silent"] {
        let mut wire = server.connect().await;
        wire.send(format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"))
            .await;
        wire.until("hello").await;
        drop(wire);
        let event = timeout(LONG, heard.recv())
            .await
            .expect("the stream is dropped");
        assert_eq!(event, Some("dropped"), "{path}");
    }
}

#[tokio::test]
async fn a_stream_that_fails_aborts_the_response() {
    let app = Group::new("")
        .get("/", async || "hello")
        .get("/error", async || {
            let error = Err(std::io::Error::other("the disk failed"));
            Body::from_stream(stream::iter([Ok("first"), error]))
        })
        .get("/panic", async || {
            Body::from_stream(stream::iter([0, 1]).map(|number| {
                assert_eq!(number, 0, "the stream panics");
                Ok::<_, Infallible>("first")
            }))
        })
        .get("/short", async || {
            Body::from_reader(&b"first"[..]).with_len(6)
        })
        .get("/long", async || {
            Body::from_reader(&b"first"[..]).with_len(4)
        });
    let server = Running::new(app).await;
    for path in ["/error", "/panic", "/short", "/long"] {
        let response = server.get(path).await;
        let is_chunked = response.contains("chunked");
        let is_whole = if is_chunked {
            response.ends_with("0\r\n\r\n")
        } else {
            response.ends_with("\r\n\r\nfirst") && path == "/long"
        };
        assert!(!is_whole, "{path}: {response}");
        assert!(!response.contains("disk"), "{path}: {response}");
    }
    assert!(server.get("/").await.ends_with("hello"));
}

#[tokio::test]
async fn the_head_is_sent_before_the_first_chunk_is_there() {
    let ready = Arc::new(Notify::new());
    let early = async |State(ready): State<Arc<Notify>>| {
        let body = Body::from_writer(async move |mut page| {
            ready.notified().await;
            page.send("the page").await;
        });
        ([("link", "</site.css>; rel=preload")], body)
    };
    let app = Group::new("").state(ready.clone()).get("/", early);
    let server = Running::new(app).await;
    let mut wire = server.connect().await;
    wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let head = wire.until("\r\n\r\n").await;
    assert!(
        head.contains("link: </site.css>; rel=preload\r\n"),
        "{head}"
    );
    ready.notify_one();
    wire.until("the page").await;
}

#[tokio::test]
async fn a_reader_of_known_length_is_sent_with_it() {
    let app = Group::new("").get("/", async || Body::from_reader(&b"hello"[..]).with_len(5));
    let server = Running::new(app).await;
    let response = server.get("/").await;
    assert!(response.contains("content-length: 5\r\n"), "{response}");
    assert!(response.ends_with("\r\n\r\nhello"), "{response}");
}

#[tokio::test]
async fn streams_over_http2_have_the_same_limit_and_end() {
    let app = readers().get("/error", async || {
        let error = Err(std::io::Error::other("the disk failed"));
        Body::from_stream(stream::iter([Ok("first"), error]))
    });
    let server = Running::new(app).await;
    let socket = server.connect().await.0;
    let (mut client, connection) = h2::client::handshake(socket)
        .await
        .expect("the server responds");
    tokio::spawn(connection);
    let request = |method: &str, path: &str| {
        let uri = format!("http://a{path}");
        let request = http::Request::builder().method(method).uri(uri).body(());
        request.expect("it is sound")
    };
    for path in READERS {
        let sent = client.send_request(request("POST", path), false);
        let (response, mut body) = sent.expect("it can be sent");
        for _ in 0..33 {
            // The server may have refused the rest already.
            let _ = body.send_data(vec![b'x'; 0x10000].into(), false);
        }
        let response = timeout(LONG, response).await.expect("the server responds");
        assert_eq!(response.expect("it is whole").status(), 413, "{path}");
    }
    let sent = client.send_request(request("GET", "/error"), true);
    let (response, _) = sent.expect("it can be sent");
    let read = async {
        let mut body = response.await?.into_body();
        while let Some(data) = body.data().await {
            data?;
        }
        Ok::<_, h2::Error>(())
    };
    let end = timeout(LONG, read).await.expect("it ends");
    assert!(end.expect_err("it never ends cleanly").is_reset());
}

/// Returns a stream that must not be read.
async fn unread(State(events): State<Events>) -> Body {
    let on_drop = OnDrop(events);
    let body = stream::poll_fn(move |_| {
        let _ = &on_drop;
        panic!("nobody reads it")
    });
    Body::from_stream(body.map(Ok::<&'static str, Infallible>)).with_len(7)
}

#[tokio::test]
async fn a_stream_that_is_not_sent_is_dropped() {
    let (events, mut heard) = mpsc::unbounded_channel();
    let app = Group::new("")
        .state(events)
        .get("/never", unread)
        .get("/204", async |events: State<Events>| {
            (StatusCode::NO_CONTENT, unread(events).await)
        })
        .get("/304", async |events: State<Events>| {
            (StatusCode::NOT_MODIFIED, unread(events).await)
        });
    let server = Running::new(app).await;
    for (request, length) in [
        ("HEAD /never", true),
        ("GET /204", false),
        ("GET /304", false),
    ] {
        let response = server
            .exchange(format!(
                "{request} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
            ))
            .await;
        assert!(response.ends_with("\r\n\r\n"), "{request}: {response}");
        assert_eq!(
            response.contains("content-length: 7"),
            length,
            "{request}: {response}"
        );
        assert_eq!(heard.recv().await, Some("dropped"), "{request}");
    }
}
