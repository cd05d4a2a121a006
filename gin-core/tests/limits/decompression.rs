//! Requests that are compressed: whole, broken, and bombs.

use futures_util::stream;
use gin::middleware::Decompression;
use gin::prelude::*;
use gin::testing::{Client, TestResponse};
use serde_json::Value;
use tokio::time::timeout;

use crate::codings::{CODINGS, encode};
use crate::wire::{LONG, Running, status};

/// In bytes.
const LIMIT: usize = 100_000;

fn client() -> Client {
    let count = async |mut body: Body| -> gin::Result<String> {
        let (mut length, mut largest) = (0, 0);
        while let Some(chunk) = body.chunk().await? {
            length += chunk.len();
            largest = largest.max(chunk.len());
        }
        assert!(length <= LIMIT && largest <= 16 << 10, "{length} {largest}");
        Ok(length.to_string())
    };
    let app = Group::new("").with(Decompression::new()).body_limit(LIMIT);
    Client::new(
        app.post("/text", async |text: String| text)
            .post("/json", async |Json(json): Json<Value>| Json(json))
            .post("/stream", count),
    )
}

async fn post(client: &Client, path: &str, coding: &str, body: Vec<u8>) -> TestResponse {
    client
        .post(path)
        .header("content-encoding", coding)
        .body(body)
        .await
}

#[tokio::test]
async fn extractors_read_the_content() {
    let client = client();
    for coding in CODINGS {
        let json = encode(coding, br#"{"name":"Ann"}"#).await;
        let request = client
            .post("/json")
            .header("content-type", "application/json");
        let length = json.len().to_string();
        let request = request
            .header("content-encoding", coding)
            .header("content-length", &length);
        request
            .body(json)
            .await
            .is(200)
            .has_json(json!({ "name": "Ann" }));
        let text = encode(coding, &vec![b'a'; LIMIT]).await;
        post(&client, "/stream", coding, text.clone())
            .await
            .is(200)
            .has_text("100000");
        post(&client, "/text", &coding.to_uppercase(), text)
            .await
            .is(200);
        let nothing = encode(coding, b"").await;
        post(&client, "/text", coding, nothing)
            .await
            .is(200)
            .has_text("");
    }
    for coding in ["identity", "", "identity, "] {
        post(&client, "/text", coding, b"plain".to_vec())
            .await
            .has_text("plain");
    }
    post(&client, "/text", "gzip", Vec::new())
        .await
        .is(200)
        .has_text("");
}

#[tokio::test]
async fn content_that_does_not_get_smaller_is_read() {
    let app = Group::new("").with(Decompression::new());
    let client = Client::new(app.post("/", async |bytes: Bytes| bytes));
    let mut number: u64 = 7;
    let noise = (0..500_000).map(|_| {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        number.to_be_bytes()[0]
    });
    let noise: Vec<u8> = noise.collect();
    for coding in CODINGS {
        let body = encode(coding, &noise).await;
        assert!(body.len() > 499_000, "{coding} {}", body.len());
        let response = post(&client, "/", coding, body).await.is(200);
        assert!(response.bytes() == &noise, "{coding}");
    }
}

#[tokio::test]
async fn content_that_comes_byte_by_byte_is_read() {
    let client = client();
    for coding in CODINGS {
        let bytes = encode(coding, b"hello, hello, hello").await;
        let chunks = bytes
            .into_iter()
            .map(|byte| Ok::<_, std::io::Error>(vec![byte]));
        let body = Body::from_stream(stream::iter(chunks));
        let request = client.post("/text").header("content-encoding", coding);
        request
            .body(body)
            .await
            .is(200)
            .has_text("hello, hello, hello");
    }
}

#[tokio::test]
async fn a_bomb_is_refused_when_its_content_passes_the_limit() {
    let client = client();
    for coding in CODINGS {
        let bomb = encode(coding, &vec![0; 8 << 20]).await;
        assert!(bomb.len() < LIMIT, "{coding} {}", bomb.len());
        for path in ["/text", "/json", "/stream"] {
            let request = client.post(path).header("content-type", "application/json");
            let response = request
                .header("content-encoding", coding)
                .body(bomb.clone())
                .await;
            response.is(413).contains("larger than 100000 bytes");
        }
    }
}

#[tokio::test]
async fn compressed_bytes_that_stand_for_nothing_are_refused() {
    let client = client();
    // Without an end, so that only a refusal ends it.
    for coding in ["gzip", "zstd"] {
        let empty = encode(coding, b"").await;
        let many = empty.repeat(100);
        let endless = stream::repeat_with(move || Ok::<_, std::io::Error>(many.clone()));
        let request = client.post("/text").header("content-encoding", coding);
        let request = request.body(Body::from_stream(endless)).into_future();
        timeout(LONG, request).await.expect("it ends").is(400);
    }
}

#[tokio::test]
async fn a_frame_that_demands_much_memory_is_refused() {
    let frame = |window: u8| vec![0x28, 0xb5, 0x2f, 0xfd, 0, window, 1, 0, 0];
    // 8 MiB and 128 MiB (RFC 8878 §3.1.1.1.2).
    post(&client(), "/text", "zstd", frame(13 << 3))
        .await
        .is(200);
    post(&client(), "/text", "zstd", frame(17 << 3))
        .await
        .is(400);
}

#[tokio::test]
async fn broken_content_is_refused() {
    let client = client();
    for coding in CODINGS {
        let whole = encode(coding, b"hello, hello, hello, hello").await;
        let cut = whole[..whole.len() - 1].to_vec();
        let half = whole[..whole.len() / 2].to_vec();
        let longer = [&whole[..], b"rest"].concat();
        for body in [cut, half, longer, b"plain text".to_vec()] {
            for path in ["/text", "/stream"] {
                let response = post(&client, path, coding, body.clone()).await;
                assert_eq!(response.status(), 400, "{coding} {path} {body:?}");
                assert!(response.text().contains("malformed"), "{}", response.text());
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_coding_is_refused_with_the_supported_ones() {
    let client = client();
    for coding in [
        "compress",
        "gzip, br",
        "gzip, gzip",
        "br, identity, zstd",
        "gzip;q=1",
    ] {
        let response = post(&client, "/text", coding, b"hello".to_vec()).await;
        response
            .is(415)
            .has_header("accept-encoding", "gzip, br, zstd, deflate");
    }
    let plain = Group::new("").post("/", async |Json(json): Json<Value>| Json(json));
    let plain = Client::new(plain);
    let request = plain.post("/").header("content-type", "application/json");
    let response = request.header("content-encoding", "gzip").body("{}").await;
    response.is(415).has_header("accept-encoding", "identity");
}

#[tokio::test]
async fn a_connection_is_kept_after_a_compressed_body() {
    let app = Group::new("").with(Decompression::new());
    let server = Running::new(app.post("/", async |text: String| text + ".")).await;
    let mut wire = server.connect().await;
    for coding in CODINGS {
        let body = encode(coding, coding.as_bytes()).await;
        let length = body.len();
        let head = format!(
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-encoding: {coding}\r\ncontent-length: {length}\r\n\r\n"
        );
        wire.send(head).await;
        wire.send(body).await;
        let response = wire.until(&format!("{coding}.")).await;
        assert_eq!(status(&response), "200", "{response}");
    }
}
