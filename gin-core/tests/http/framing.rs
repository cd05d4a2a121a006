//! Framing: the limits and the ends of bodies, and bodies that are broken.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

use gin::prelude::*;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;

use crate::wire::{Running, status};

fn app() -> Group {
    Group::new("")
        .get("/", async || "hello")
        .get("/hello/:name", async |Path(name): Path<String>| name)
        .post("/echo", async |body: Bytes| body)
        .post("/ignore", async || "ignored")
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_read() {
    let server = Running::new(app()).await;
    let mut wire = server.connect().await;
    wire.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 1073741824\r\n\r\n")
        .await;
    assert_eq!(
        status(&wire.until("larger than 2097152 bytes").await),
        "413"
    );
    let mut wire = server.connect().await;
    wire.send("POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n")
        .await;
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for _ in 0..33 {
        wire.send(&chunk).await;
    }
    assert_eq!(
        status(&wire.until("larger than 2097152 bytes").await),
        "413"
    );
    let response = server
        .exchange("POST /echo HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 9999999\r\n\r\n")
        .await;
    assert_eq!(status(&response), "413", "no 100 before it: {response}");
}

#[tokio::test]
async fn a_body_that_is_broken_or_cut_off_is_never_a_success() {
    let server = Running::new(app()).await;
    for body in [
        "5\r\nhelloX",
        "zz\r\n",
        "5\r\nhello\r\n-1\r\n",
        "ffffffffffffffffff\r\n",
    ] {
        let head = "POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n";
        let response = server.exchange(format!("{head}{body}\r\n\r\n")).await;
        assert_eq!(status(&response), "400", "{body:?}: {response}");
    }
    let mut wire = server.connect().await;
    wire.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello")
        .await;
    wire.0.shutdown().await.expect("it is open");
    let response = wire.rest().await;
    assert_ne!(status(&response), "200", "{response}");
}

/// The kinds of mistakes in chunks, each with an example.
fn broken_chunks() -> Vec<(&'static str, String)> {
    let long = "x".repeat(300 << 10);
    let fields = "a: b\r\n".repeat(50_000);
    vec![
        ("no size", "\r\nhello\r\n0\r\n\r\n".to_owned()),
        (
            "a size that is not hexadecimal",
            "5g\r\nhello\r\n0\r\n\r\n".to_owned(),
        ),
        (
            "a size with a prefix",
            "0x5\r\nhello\r\n0\r\n\r\n".to_owned(),
        ),
        ("a size with a sign", "+5\r\nhello\r\n0\r\n\r\n".to_owned()),
        ("a size with a sign", "-5\r\nhello\r\n0\r\n\r\n".to_owned()),
        (
            "a size behind a space",
            " 5\r\nhello\r\n0\r\n\r\n".to_owned(),
        ),
        ("two sizes", "5 5\r\nhello\r\n0\r\n\r\n".to_owned()),
        ("a size with a NUL", "5\0\r\nhello\r\n0\r\n\r\n".to_owned()),
        (
            "a size past 64 bits",
            "10000000000000005\r\nhello\r\n0\r\n\r\n".to_owned(),
        ),
        (
            "a size with an underscore",
            "1_0\r\nhello\r\n0\r\n\r\n".to_owned(),
        ),
        (
            "a bare LF behind the size",
            "5\nhello\r\n0\r\n\r\n".to_owned(),
        ),
        (
            "a bare CR behind the size",
            "5\rhello\r\n0\r\n\r\n".to_owned(),
        ),
        (
            "an LF in an extension",
            "5;a\nhello\r\n0\r\n\r\n".to_owned(),
        ),
        (
            "a long extension",
            format!("5;{long}\r\nhello\r\n0\r\n\r\n"),
        ),
        (
            "data that is longer than its size",
            "3\r\nhello\r\n0\r\n\r\n".to_owned(),
        ),
        (
            "data that is shorter than its size",
            "6\r\nhello\r\n0\r\n\r\n".to_owned(),
        ),
        (
            "a bare LF behind the data",
            "5\r\nhello\n0\r\n\r\n".to_owned(),
        ),
        (
            "chunks that are glued together",
            "5\r\nhello0\r\n\r\n".to_owned(),
        ),
        (
            "an end that is glued on",
            "5\r\nhello\r\n0GET / HTTP/1.1\r\n\r\n".to_owned(),
        ),
        (
            "long trailers",
            format!("5\r\nhello\r\n0\r\na: {long}\r\n\r\n"),
        ),
        ("many trailers", format!("5\r\nhello\r\n0\r\n{fields}\r\n")),
        ("a cut in a size", "5".to_owned()),
        ("a cut in the data", "5\r\nhel".to_owned()),
        ("a cut before the last chunk", "5\r\nhello\r\n".to_owned()),
        ("a cut in the last chunk", "5\r\nhello\r\n0\r\n".to_owned()),
    ]
}

#[tokio::test]
async fn every_kind_of_broken_chunk_is_400_and_closes_the_connection() {
    let server = Running::new(app()).await;
    for (kind, body) in broken_chunks() {
        let mut wire = server.connect().await;
        wire.send("POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n")
            .await;
        wire.send(&body).await;
        // The server may have closed the connection already.
        let _ = wire.0.shutdown().await;
        let response = wire.rest().await;
        assert_eq!(status(&response), "400", "{kind}: {response}");
        assert_eq!(
            response.matches("HTTP/1.1 ").count(),
            1,
            "{kind}: {response}"
        );
    }
    assert_eq!(status(&server.get("/").await), "200");
}

/// Reads the body, and reports when it has begun to.
async fn read(cx: &mut Context, State(begun): State<mpsc::UnboundedSender<()>>) -> Result<Bytes> {
    let mut reading = pin!(cx.bytes());
    let bytes = poll_fn(|task| {
        let polled = reading.as_mut().poll(task);
        begun.send(()).expect("the test waits");
        polled
    });
    Ok(bytes.await?)
}

// RFC 9110 §10.1.1: an expectation of an HTTP/1.0 client is ignored, as it does not know what a 100 is.
#[tokio::test]
async fn an_http_1_0_client_gets_no_100() {
    let (begun, mut reads) = mpsc::unbounded_channel::<()>();
    let app = Group::new("").state(begun).post("/", read);
    let server = Running::new(app).await;
    for (version, is_continued) in [("1.0", false), ("1.1", true)] {
        let mut wire = server.connect().await;
        wire.send(format!(
            "POST / HTTP/{version}\r\nhost: a\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n"
        ))
        .await;
        reads.recv().await.expect("the handler reads");
        wire.send("hello").await;
        let response = wire.rest().await;
        let continued = response.starts_with("HTTP/1.1 100 Continue\r\n\r\n");
        assert_eq!(continued, is_continued, "HTTP/{version}: {response}");
        assert!(
            response.contains(" 200 OK\r\n"),
            "HTTP/{version}: {response}"
        );
        assert!(response.ends_with("hello"), "HTTP/{version}: {response}");
    }
}

#[tokio::test]
async fn a_handler_that_ignores_a_broken_body_still_gives_an_error() {
    let app = Group::new("")
        .post("/read", async |cx: &mut Context| match cx.bytes().await {
            Ok(_) => "whole",
            Err(_) => "never mind",
        })
        .post("/stream", async |mut body: Body| {
            use http_body_util::BodyExt;
            while let Some(Ok(_)) = body.frame().await {}
            "done"
        });
    let server = Running::new(app).await;
    for path in ["/read", "/stream"] {
        let head = format!("POST {path} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
        let response = server.exchange(format!("{head}5\r\nhelloX\r\n\r\n")).await;
        assert_eq!(status(&response), "400", "{path}: {response}");
    }
}

#[tokio::test]
async fn an_unread_body_is_never_taken_for_requests() {
    let counter = Arc::new(AtomicUsize::new(0));
    let app = app().state(counter.clone()).get(
        "/count",
        async |State(counter): State<Arc<AtomicUsize>>| {
            counter.fetch_add(1, SeqCst);
        },
    );
    let server = Running::new(app).await;
    let smuggled = "GET /count HTTP/1.1\r\nhost: a\r\n\r\n".repeat(10_000);
    let head = format!(
        "POST /ignore HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n",
        smuggled.len()
    );
    let mut wire = server.connect().await;
    wire.send(&head).await;
    wire.send(&smuggled).await;
    assert!(wire.until("ignored").await.contains("200 OK"));
    drop(wire);
    let mut late = server.connect().await;
    late.send(&head).await;
    assert!(late.until("ignored").await.contains("200 OK"));
    late.send(&smuggled).await;
    assert_eq!(late.rest().await, "");
    assert_eq!(status(&server.get("/").await), "200");
    assert_eq!(counter.load(SeqCst), 0);
}

#[tokio::test]
async fn ambiguous_framing_is_refused_and_nothing_hidden_runs() {
    let server = Running::new(app()).await;
    let hidden = "GET /hello/hidden HTTP/1.1\r\nhost: a\r\n\r\n";
    let framings = [
        "content-length: 5\r\ncontent-length: 6\r\n",
        "content-length: +5\r\n",
        "content-length: 18446744073709551621\r\n",
        "transfer-encoding: identity\r\n",
        "transfer-encoding: gzip, chunked, gzip\r\n",
        "transfer-encoding: gzip, chunked\r\n",
        "transfer-encoding: chunked, chunked\r\n",
        "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: \u{b}chunked\r\n",
        "transfer-encoding: xchunked\r\n",
        "transfer-encoding : chunked\r\n",
        " folded: x\r\n",
    ];
    for framing in framings {
        let response = server
            .exchange(format!(
                "POST /echo HTTP/1.1\r\nhost: a\r\n{framing}\r\n0\r\n\r\n{hidden}"
            ))
            .await;
        assert_eq!(status(&response), "400", "{framing:?}: {response}");
        assert!(!response.contains("hidden"), "{framing:?}: {response}");
    }
}

// RFC 9112 §6.1: the length is ignored, and the connection is closed.
#[tokio::test]
async fn a_chunked_body_with_a_length_closes_the_connection() {
    let server = Running::new(app()).await;
    let both = [
        "content-length: 5\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 5\r\n",
    ];
    for framing in both {
        let response = server
            .exchange(format!(
                "POST /echo HTTP/1.1\r\nhost: a\r\n{framing}\r\n0\r\n\r\nGET /hello/hidden HTTP/1.1\r\nhost: a\r\n\r\n"
            ))
            .await;
        assert_eq!(status(&response), "200", "{framing:?}: {response}");
        assert!(!response.contains("hidden"), "{framing:?}: {response}");
    }
    let old = "POST /echo HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    assert_eq!(status(&server.exchange(old).await), "400");
}
