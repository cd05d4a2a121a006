//! The framing of responses, whatever a handler or a middleware has set.

use std::sync::Arc;

use gin::prelude::*;
use gin::testing::Client;
use h2::client::{SendRequest, handshake};
use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::wire::{LONG, Running};

/// Sets headers that only the server should set.
async fn lie(cx: &mut Context, next: Next<'_>) -> Response {
    let mut response = next.run(cx).await;
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, HeaderValue::from_static("1"));
    headers.append(CONTENT_LENGTH, HeaderValue::from_static("999"));
    headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    response
}

fn app() -> Group {
    let stream = async || {
        let chunks = ["he", "llo"].map(Ok::<_, std::io::Error>);
        Body::from_stream(futures_util::stream::iter(chunks))
    };
    Group::new("")
        .with(lie)
        .get("/whole", async || "hello")
        .get("/stream", stream)
        .get("/204", async || (204, "hello"))
        .get("/205", async || (205, "hello"))
        .get("/304", async || (304, "hello"))
        .get("/problem", async || Problem::new(418).detail("hello"))
        .get("/connection", async || {
            ([(CONNECTION, "x-hop"), (UPGRADE, "x")], "hello")
        })
        .get("/next", async || "next")
}

const PATHS: [&str; 7] = [
    "whole",
    "stream",
    "204",
    "205",
    "304",
    "problem",
    "connection",
];

#[tokio::test]
async fn a_wrong_length_does_not_desynchronize_a_kept_connection() {
    let server = Running::new(app()).await;
    for method in ["GET", "HEAD"] {
        for path in PATHS {
            let mut wire = server.connect().await;
            wire.send(format!("{method} /{path} HTTP/1.1\r\nhost: a\r\n\r\n"))
                .await;
            wire.send("GET /next HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
                .await;
            let both = wire.rest().await;
            let second = both.rfind("HTTP/1.1 ").expect("there are responses");
            let (first, second) = both.split_at(second);
            assert!(second.ends_with("\r\n\r\nnext"), "{method} {path}: {both}");
            assert!(first.starts_with("HTTP/1.1 "), "{method} {path}: {both}");
            let (head, body) = first.split_once("\r\n\r\n").expect("a head ends");
            assert_eq!(
                body_of(method, head, body),
                expected(method, path),
                "{method} {path}: {both}"
            );
        }
    }
}

/// Returns the body as its head frames it.
fn body_of<'a>(method: &str, head: &str, body: &'a str) -> &'a str {
    let head = head.to_ascii_lowercase();
    assert!(head.matches("content-length").count() <= 1, "{head}");
    if head.contains("transfer-encoding: chunked") {
        assert!(!head.contains("content-length"), "{head}");
        if method == "GET" {
            assert!(body.ends_with("0\r\n\r\n"), "{body}");
            return "chunked";
        }
    }
    body
}

fn expected(method: &str, path: &str) -> &'static str {
    match (method, path) {
        ("HEAD", _) | (_, "204" | "205" | "304") => "",
        (_, "stream") => "chunked",
        (_, "problem") => "418 I'm a teapot: hello\n",
        _ => "hello",
    }
}

async fn connect(server: &Running) -> SendRequest<Bytes> {
    let stream = server.stream().await;
    let (client, connection) = handshake(stream).await.expect("the server responds");
    tokio::spawn(connection);
    client
}

#[tokio::test]
async fn a_wrong_length_does_not_break_a_stream_of_http2() {
    let server = Running::new(app()).await;
    let mut client = connect(&server).await;
    for method in ["GET", "HEAD"] {
        for path in PATHS {
            let uri = format!("http://a/{path}");
            let request = http::Request::builder().method(method).uri(uri).body(());
            let (response, _) = client
                .send_request(request.expect("it is sound"), true)
                .expect("it can be sent");
            let response = timeout(LONG, response).await.expect("it is answered");
            let response = response.expect("it is whole");
            for name in ["connection", "upgrade", "transfer-encoding", "keep-alive"] {
                assert!(
                    !response.headers().contains_key(name),
                    "{method} {path} {name}"
                );
            }
            let mut body = response.into_body();
            let mut text = Vec::new();
            while let Some(data) = body.data().await {
                text.extend_from_slice(
                    &data.unwrap_or_else(|error| panic!("{method} {path}: {error}")),
                );
            }
            let expected = expected(method, path).replace("chunked", "hello");
            assert_eq!(String::from_utf8_lossy(&text), expected, "{method} {path}");
        }
    }
}

/// The announced length is the promise of the handler, which the server must not break silently.
#[tokio::test]
async fn a_stream_of_another_length_than_announced_is_aborted() {
    let announce = async |Path(length): Path<u64>| {
        let body = Body::from_stream(futures_util::stream::iter([Ok::<_, std::io::Error>(
            "hello",
        )]));
        ([(CONTENT_LENGTH, length.to_string())], body)
    };
    let server = Running::new(Group::new("").get("/:length", announce)).await;
    assert!(
        server
            .get("/5")
            .await
            .ends_with("content-length: 5\r\n\r\nhello")
            || server.get("/5").await.contains("content-length: 5")
    );
    for wrong in ["/4", "/6"] {
        let mut wire = server.connect().await;
        wire.send(format!("GET {wrong} HTTP/1.1\r\nhost: a\r\n\r\n"))
            .await;
        // A connection that is kept would never end.
        let response = wire.rest().await;
        let length = response.split("\r\n\r\n").nth(1).unwrap_or("").len();
        assert!(
            length != wrong[1..].parse::<usize>().expect("a number"),
            "{response}"
        );
    }
}

/// The client must not take a body that its writer gave up for a complete one.
#[tokio::test]
async fn a_writer_that_fails_aborts_the_response() {
    let fail = async |State(gate): State<Arc<Notify>>| {
        Body::from_writer(async move |mut out| {
            out.send("hello").await;
            gate.notified().await;
            out.fail("the disk is full").await;
        })
    };
    let gate = Arc::new(Notify::new());
    let app = Group::new("").state(gate.clone()).get("/", fail);
    let server = Running::new(app).await;
    let mut wire = server.connect().await;
    wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    wire.until("hello").await;
    gate.notify_one();
    // The end of a complete body would be a chunk of no length.
    assert_eq!(wire.rest().await, "");
}

#[tokio::test]
async fn a_handler_of_head_may_announce_the_length() {
    let head = async || ([(CONTENT_LENGTH, "1234")], "");
    let client = Client::new(Group::new("").head("/", head));
    let response = client.request("HEAD", "/").await;
    response.is(200).has_header("content-length", "1234");
}

/// The body was made for a response of another status: it must not be the body of a 500.
#[tokio::test]
async fn a_body_with_an_invalid_status_is_not_sent() {
    let app = Group::new("")
        .get("/tuple", async || (1000, "secret"))
        .get("/headers", async || (99, [("x-a", "b")], "secret"))
        .get("/json", async |cx: &mut Context| cx.json(1000, "secret"))
        .get("/string", async |cx: &mut Context| cx.string(0, "secret"))
        .get("/html", async |cx: &mut Context| cx.html(1000, "secret"))
        .get("/data", async |cx: &mut Context| {
            cx.data(1000, "text/plain", "secret")
        });
    let client = Client::new(app);
    for path in ["/tuple", "/headers", "/json", "/string", "/html", "/data"] {
        let response = client.get(path).await.is(500);
        assert!(
            !response.text().contains("secret"),
            "{path}: {}",
            response.text()
        );
    }
}
