//! Responses on their way to the client.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::wire::{code, field};

const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

#[tokio::test]
async fn a_response_is_passed_on_unchanged() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send(GET).await;
    app.responds("HTTP/1.1 418 Short And Stout\r\nX-Case: Kept\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nSet-Cookie: c=3\r\nContent-Encoding: gzip\r\nETag: \"x\"\r\nContent-Length: 3\r\n\r\n\x1f\x0b\x08")
        .await;
    let head = client.head().await;
    assert!(
        head.starts_with("HTTP/1.1 418 Short And Stout\r\n"),
        "{head}"
    );
    let cookies: Vec<_> = head
        .lines()
        .filter(|line| line.starts_with("Set-Cookie"))
        .collect();
    assert_eq!(
        cookies,
        ["Set-Cookie: a=1", "Set-Cookie: b=2", "Set-Cookie: c=3"]
    );
    assert!(head.contains("X-Case: Kept"), "{head}");
    assert_eq!(field(&head, "content-encoding"), Some("gzip"));
    assert_eq!(field(&head, "x-gin-phase"), None);
    assert_eq!(field(&head, "cache-control"), None);
    assert_eq!(client.bytes(3).await, "\x1f\x0b\x08");
}

#[tokio::test]
async fn eighty_fields_pass_both_ways() {
    let (rig, app) = Rig::ready().await;
    let fields: Vec<_> = (0..80)
        .map(|number| format!("X-{number}: {number}\r\n"))
        .collect();
    let fields = fields.concat();
    let mut client = rig
        .send(&format!(
            "GET / HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n"
        ))
        .await;
    let (_, request) = app
        .responds(&format!(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n{fields}\r\n"
        ))
        .await;
    let response = client.head().await;
    for number in 0..80 {
        let (name, value) = (format!("x-{number}"), number.to_string());
        assert_eq!(field(&request, &name), Some(value.as_str()));
        assert_eq!(field(&response, &name), Some(value.as_str()));
    }
}

#[tokio::test]
async fn responses_without_a_body_leave_the_connection_usable() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.client().await;
    let mut wire = None;
    for (method, response, length) in [
        (
            "HEAD",
            "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
            Some("1000"),
        ),
        (
            "HEAD",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            None,
        ),
        ("GET", "HTTP/1.1 204 No Content\r\n\r\n", None),
        (
            "GET",
            "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
            None,
        ),
        (
            "GET",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            Some("0"),
        ),
    ] {
        client
            .send(format!("{method} / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
            .await;
        let mut app = match wire.take() {
            None => app.accept().await,
            Some(wire) => wire,
        };
        app.head().await;
        app.send(response).await;
        wire = Some(app);
        let head = client.head().await;
        assert_eq!(
            head.split_once("\r\n").unwrap().0,
            response.split_once("\r\n").unwrap().0
        );
        assert_eq!(field(&head, "content-length"), length, "{method} {head}");
    }
}

#[tokio::test]
async fn pipelined_requests_get_their_responses_in_order() {
    let (rig, app) = Rig::ready().await;
    let request = |path| format!("GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let mut client = rig.send(&(request(1) + &request(2) + &request(3))).await;
    let mut wire = app.accept().await;
    for path in 1..=3 {
        let head = wire.head().await;
        assert!(head.starts_with(&format!("GET /{path} ")), "{head}");
        wire.send(format!(
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{path}"
        ))
        .await;
    }
    for path in 1..=3 {
        client.head().await;
        assert_eq!(client.bytes(1).await, path.to_string());
    }
}

#[tokio::test]
async fn a_stream_s_first_event_does_not_wait_for_the_second() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send(GET).await;
    let (mut wire, _) = app
        .responds("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await;
    assert_eq!(code(&client.head().await), 200);
    wire.send("9\r\ndata: 1\n\n\r\n").await;
    client.until("data: 1").await;
    wire.send("9\r\ndata: 2\n\n\r\n0\r\n\r\n").await;
    assert!(client.until("0\r\n\r\n").await.contains("data: 2"));
}

#[tokio::test]
async fn a_response_s_trailers_follow_its_body() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig
        .send("GET / HTTP/1.1\r\nHost: localhost\r\nTE: trailers\r\n\r\n")
        .await;
    app.responds("HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n").await;
    assert_eq!(field(&client.head().await, "trailer"), Some("X-Sum"));
    let body = client.until("\r\n\r\n").await.to_lowercase();
    assert!(body.contains("x-sum: 7"), "{body}");
}

#[tokio::test]
async fn an_early_response_overtakes_its_upload() {
    let (rig, app) = Rig::ready().await;
    let client = rig
        .send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30000000\r\n\r\n")
        .await;
    let (mut read, mut write) = client.stream.into_split();
    let upload = tokio::spawn(async move {
        let piece = vec![b'x'; 100_000];
        while write.write_all(&piece).await.is_ok() {}
    });
    let (mut wire, _) = app.request().await;
    wire.bytes(100_000).await;
    wire.send(
        "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig",
    )
    .await;
    drop(wire);
    let mut response = Vec::new();
    while !response.ends_with(b"big") {
        let read = read.read_buf(&mut response).await.unwrap();
        assert!(read > 0, "{:?}", response.escape_ascii().to_string());
    }
    assert_eq!(code(&String::from_utf8(response).unwrap()), 413);
    upload.abort();
}

#[tokio::test]
async fn a_response_is_not_reset_by_the_rest_of_its_upload() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig
        .send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30000000\r\n\r\n")
        .await;
    app.responds("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig")
        .await;
    assert_eq!(code(&client.head().await), 413);
    assert_eq!(client.bytes(3).await, "big");
    let mut end = [0];
    assert_eq!(client.stream.read(&mut end).await.unwrap(), 0);
    for _ in 0..10 {
        client.send(vec![b'x'; 10_000]).await;
    }
    assert_eq!(client.stream.read(&mut end).await.unwrap(), 0);
}

#[tokio::test]
async fn a_client_that_expects_100_continue_gets_that_of_the_app() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig
        .send("POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        .await;
    let (mut wire, head) = app.request().await;
    assert_eq!(field(&head, "expect"), Some("100-continue"));
    wire.send("HTTP/1.1 100 Continue\r\n\r\n").await;
    assert_eq!(code(&client.head().await), 100);
    client.send("hi").await;
    assert_eq!(wire.bytes(2).await, "hi");
    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        .await;
    assert_eq!(code(&client.head().await), 200);
}

#[tokio::test]
async fn a_client_that_expects_100_continue_may_be_refused_instead() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig
        .send("POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        .await;
    app.responds("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno")
        .await;
    assert_eq!(code(&client.head().await), 417);
    assert_eq!(client.rest().await, "no");
}

#[tokio::test]
async fn early_hints_come_early() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send(GET).await;
    let hint =
        "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nConnection: x\r\nX: 1\r\n\r\n";
    let (mut wire, _) = app.responds(hint).await;
    let head = client.head().await;
    assert_eq!(code(&head), 103);
    assert_eq!(field(&head, "link"), Some("</a.css>; rel=preload"));
    assert_eq!(field(&head, "x"), None);
    wire.send(format!(
        "{hint}{hint}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    ))
    .await;
    for expected in [103, 103, 200] {
        assert_eq!(code(&client.head().await), expected);
    }
    assert_eq!(client.bytes(2).await, "ok");
}

#[tokio::test]
async fn an_http_1_0_client_gets_no_early_hints() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n").await;
    app.responds("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        .await;
    assert_eq!(code(&client.head().await), 200);
}

#[tokio::test]
async fn an_app_that_never_sends_100_continue_gets_the_body_in_the_end() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig
        .send("POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        .await;
    let (mut wire, _) = app.request().await;
    assert_eq!(code(&client.head().await), 100);
    client.send("hi").await;
    assert_eq!(wire.bytes(2).await, "hi");
}

#[tokio::test]
async fn a_stalled_client_slows_the_app_instead_of_filling_memory() {
    let (rig, app) = Rig::ready().await;
    let _client = rig.send(GET).await;
    let (mut wire, _) = app
        .responds("HTTP/1.1 200 OK\r\nContent-Length: 256000000\r\n\r\n")
        .await;
    let taken = stalls(&mut wire.stream).await;
    assert!(taken < 64_000_000, "{taken}");
}

#[tokio::test]
async fn a_stalled_app_slows_the_client_instead_of_filling_memory() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig
        .send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 512000000\r\n\r\n")
        .await;
    let _app = app.request().await;
    let taken = stalls(&mut client.stream).await;
    assert!(taken < 64_000_000, "{taken}");
}

/// Writes until nothing is read any more, and returns how much was taken.
async fn stalls(stream: &mut tokio::net::TcpStream) -> usize {
    let (piece, mut taken) = (vec![b'x'; 1_000_000], 0);
    while taken < 100_000_000 {
        let write = tokio::time::timeout(Duration::from_secs(1), stream.write(&piece)).await;
        let Ok(written) = write else {
            return taken;
        };
        taken += written.unwrap();
    }
    taken
}
