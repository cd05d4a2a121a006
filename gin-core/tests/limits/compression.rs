//! Responses that are compressed.

use std::fmt::Write;
use std::sync::Mutex;

use futures_util::stream;
use gin::middleware::{Coding, Compression, Effort};
use gin::prelude::*;
use gin::testing::{Client, TestResponse};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::codings::{decode, decode_part};
use crate::flaws;
use crate::wire::{LONG, Running};

/// Returns text that does not repeat itself too much.
pub(crate) fn text(length: usize) -> String {
    let mut text = String::with_capacity(length + 16);
    let mut number: u64 = 1;
    while text.len() < length {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let _ = write!(text, "{} ", number >> 40);
    }
    text.truncate(length);
    text
}

pub(crate) fn compressed() -> Group {
    Group::new("").with(Compression::new())
}

async fn get(client: &Client, codings: &str) -> TestResponse {
    client.get("/").header("accept-encoding", codings).await
}

#[tokio::test]
async fn the_client_chooses_the_coding() {
    let client = Client::new(compressed().get("/", async || text(5_000)));
    for (accepted, coding) in [
        ("gzip, deflate, br, zstd", Some("br")),
        ("gzip, zstd", Some("zstd")),
        ("gzip", Some("gzip")),
        ("x-gzip", Some("gzip")),
        ("br;q=0.5, gzip;q=0.9", Some("gzip")),
        ("br;q=0, *", Some("zstd")),
        ("identity;q=1, gzip;q=0.5", None),
        ("deflate", None),
        ("*;q=0", None),
        ("", None),
    ] {
        let response = get(&client, accepted).await.is(200);
        assert_eq!(response.header("content-encoding"), coding, "{accepted}");
        assert_eq!(response.header("vary"), Some("accept-encoding"));
        let content = match coding {
            Some(coding) => decode(coding, response.bytes()).await,
            None => response.bytes().to_vec(),
        };
        assert!(content == text(5_000).as_bytes(), "{accepted}");
    }
    assert_eq!(client.get("/").await.header("content-encoding"), None);
}

#[tokio::test]
async fn bodies_of_all_sizes_and_kinds_arrive_whole() {
    let sizes = [1_024, 64 << 10, (64 << 10) + 1, 200_000];
    for effort in [Effort::Fast, Effort::Balanced] {
        for (coding, name) in [
            (Coding::Gzip, "gzip"),
            (Coding::Brotli, "br"),
            (Coding::Zstd, "zstd"),
        ] {
            let compression = Compression::new().only([coding]).effort(effort);
            let whole = async |cx: &mut Context| {
                text(
                    cx.param("size")
                        .and_then(|size| size.parse().ok())
                        .unwrap_or(0),
                )
            };
            let parts = async |cx: &mut Context| {
                let size = cx
                    .param("size")
                    .and_then(|size| size.parse().ok())
                    .unwrap_or(0);
                let chunks: Vec<_> = text(size)
                    .as_bytes()
                    .chunks(997)
                    .map(<[u8]>::to_vec)
                    .collect();
                let body = Body::from_stream(stream::iter(
                    chunks.into_iter().map(Ok::<_, std::io::Error>),
                ));
                ([("content-type", "text/plain")], body)
            };
            let app = Group::new("").with(compression);
            let client = Client::new(app.get("/whole/:size", whole).get("/parts/:size", parts));
            for size in sizes {
                for path in ["whole", "parts"] {
                    let request = client.get(&format!("/{path}/{size}"));
                    let response = request.header("accept-encoding", name).await.is(200);
                    assert_eq!(response.header("content-encoding"), Some(name));
                    let content = decode(name, response.bytes()).await;
                    assert!(content == text(size).as_bytes(), "{name} {path} {size}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_problem_is_compressed_in_its_shape() {
    let fail = async || Problem::new(409).detail(text(3_000));
    let client = Client::new(compressed().get("/", fail));
    let request = client.get("/").header("accept", "application/json");
    let response = request.header("accept-encoding", "gzip").await.is(409);
    let response = response.has_header("content-encoding", "gzip");
    let content = decode("gzip", response.bytes()).await;
    assert!(content.starts_with(b"{"), "{content:?}");
}

#[tokio::test]
async fn validators_and_ranges_are_those_of_the_compressed_content() {
    let tagged = async |cx: &mut Context| {
        let headers = [
            ("etag", "\"v1\""),
            ("accept-ranges", "bytes"),
            ("vary", "Accept, accept-ENCODING"),
        ];
        if cx.header("if-none-match").is_some() {
            return (StatusCode::NOT_MODIFIED, headers, String::new()).into_response();
        }
        (headers, text(5_000)).into_response()
    };
    let client = Client::new(compressed().get("/", tagged));
    let response = get(&client, "gzip").await.has_header("etag", "W/\"v1\"");
    assert_eq!(response.header("accept-ranges"), None);
    assert_eq!(response.header("content-length"), None);
    assert_eq!(response.headers().get_all("vary").iter().count(), 1);
    let response = get(&client, "identity").await.has_header("etag", "\"v1\"");
    response.has_header("accept-ranges", "bytes");

    for (known, etag) in [("\"v0\", W/\"v1\"", "W/\"v1\""), ("\"v1\"", "\"v1\"")] {
        let request = client.get("/").header("accept-encoding", "gzip");
        let response = request.header("if-none-match", known).await.is(304);
        response.has_header("etag", etag);
    }
}

#[tokio::test]
async fn a_live_body_is_not_held_back() {
    for coding in ["gzip", "br", "zstd"] {
        let (chunks_tx, chunks_rx) = mpsc::unbounded_channel::<String>();
        let chunks_rx = Mutex::new(Some(chunks_rx));
        let live = move || {
            let chunks_rx = chunks_rx
                .lock()
                .unwrap()
                .take()
                .expect("it is requested once");
            let chunks = stream::unfold(chunks_rx, async |mut chunks_rx| {
                let chunk = chunks_rx.recv().await?;
                Some((Ok::<_, std::io::Error>(chunk), chunks_rx))
            });
            let body = Body::from_stream(chunks);
            async { ([("content-type", "text/plain")], body) }
        };
        let client = Client::new(compressed().get("/", live));
        let mut response = client
            .get("/")
            .header("accept-encoding", coding)
            .stream()
            .await
            .is(200);
        assert_eq!(response.headers()["content-encoding"], coding);
        let (mut received, mut expected) = (Vec::new(), String::new());
        for line in ["one\n", "two\n", "three\n"] {
            chunks_tx.send(line.to_owned()).expect("the body is read");
            expected += line;
            loop {
                let chunk = timeout(LONG, response.next_chunk()).await;
                let chunk = chunk.expect("it is sent at once").expect("it goes on");
                received.extend_from_slice(&chunk);
                let (content, _) = decode_part(coding, &received).await;
                if content == expected.as_bytes() {
                    break;
                }
            }
        }
        drop(chunks_tx);
        while let Some(chunk) = response.next_chunk().await {
            received.extend_from_slice(&chunk);
        }
        assert!(decode(coding, &received).await == expected.as_bytes());
    }
}

#[tokio::test]
async fn a_body_that_fails_is_not_taken_for_a_whole_one() {
    let broken = async || {
        let chunks = [
            Ok(text(100_000)),
            Err(std::io::Error::other("the disk is full")),
        ];
        (
            [("content-type", "text/plain")],
            Body::from_stream(stream::iter(chunks)),
        )
    };
    let server = Running::new(compressed().get("/", broken)).await;
    let request = "GET / HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\n\r\n";
    let response = server.exchange(request).await;
    assert!(!response.ends_with("\r\n0\r\n\r\n"), "it looks complete");
}

#[tokio::test]
async fn a_head_request_has_the_headers_of_a_get_request_and_no_body() {
    let declared = async || {
        let head = async || ();
        head().await;
        (
            [("content-type", "text/plain"), ("content-length", "5000")],
            Body::empty(),
        )
    };
    let app = compressed()
        .get("/", async || text(5_000))
        .head("/declared", declared);
    let server = Running::new(app).await;
    let mut wire = server.connect().await;
    wire.send("HEAD / HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\n\r\n")
        .await;
    let head = wire.until("\r\n\r\n").await;
    wire.send("GET / HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\nconnection: close\r\n\r\n")
        .await;
    let whole = wire.rest().await;
    let fields = |response: &str| -> Vec<String> {
        let (head, _) = response.split_once("\r\n\r\n").expect("it has a head");
        let fields = head
            .lines()
            .filter(|line| !line.starts_with("date") && !line.starts_with("connection"));
        let mut fields: Vec<_> = fields.map(str::to_owned).collect();
        fields.sort();
        fields
    };
    assert_eq!(fields(&head), fields(&whole));
    assert!(head.contains("content-encoding: gzip"), "{head}");

    let mut wire = server.connect().await;
    wire.send(
        "HEAD /declared HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\nconnection: close\r\n\r\n",
    )
    .await;
    let head = wire.rest().await;
    assert!(head.contains("content-encoding: gzip"), "{head}");
    assert!(!head.contains("content-length: 5000"), "{head}");
}

#[test]
fn contradictory_settings_are_found_at_start() {
    let errors = flaws(Group::new("").with(Compression::new().only([])));
    assert!(
        errors.contains("Compression (gin-core/tests/limits/compression.rs:"),
        "{errors}"
    );
    assert!(
        errors.contains("no coding is left to compress with; name one"),
        "{errors}"
    );
}
