//! Bodies without end or of a size that nobody expects, sent to a server whose memory is measured.

use async_compression::tokio::write::GzipEncoder;
use gin::Server;
use gin::middleware::Decompression;
use gin::prelude::*;
use tokio::io::AsyncWriteExt;

use crate::child::Served;
use crate::wire::{Wire, status};

const SERVER: &str = "bombs::server";

const GIBIBYTE: usize = 1 << 30;

const MEBIBYTE: usize = 1 << 20;

#[tokio::test]
#[ignore = "the tests below run it, in a process of its own"]
async fn server() {
    let app = Group::new("")
        .with(Decompression::new())
        .get("/", async || "hello")
        .post("/bytes", async |body: Bytes| body)
        .post("/text", async |text: String| text)
        .post("/json", async |Json(json): Json<serde_json::Value>| {
            Json(json)
        });
    let server = Server::new(Engine::new(app).expect("it is sound"));
    server.run().await.expect("a socket was passed on");
}

/// Checks that `send` is refused with 413 at each path, in little memory, and that the server lives on.
async fn is_refused(head: &str, send: impl AsyncFn(&mut Wire)) {
    let server = Served::running(SERVER);
    server.get("/").await;
    let before = server.peak();
    for path in ["/bytes", "/text", "/json"] {
        let mut wire = server.connect().await;
        wire.send(format!("POST {path} HTTP/1.1\r\nhost: a\r\n{head}\r\n"))
            .await;
        send(&mut wire).await;
        let response = wire.until("larger than 2097152 bytes").await;
        assert_eq!(status(&response), "413", "{path}: {response}");
    }
    let grown = server.peak() - before;
    assert!(grown < 8 * MEBIBYTE, "{grown} bytes more");
    assert!(server.get("/").await.ends_with("hello"));
}

#[tokio::test]
async fn a_chunked_gibibyte_is_refused_in_bounded_memory() {
    let head = "content-type: application/json\r\ntransfer-encoding: chunked\r\n";
    is_refused(head, async |wire| {
        let chunk = format!("100000\r\n{}\r\n", "1".repeat(MEBIBYTE));
        for _ in 0..GIBIBYTE / MEBIBYTE {
            // The server stops reading long before the end.
            if wire.0.write_all(chunk.as_bytes()).await.is_err() {
                break;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_bomb_of_a_gibibyte_is_refused_in_bounded_memory() {
    const MEMBER: usize = 8 * MEBIBYTE;
    let mut encoder = GzipEncoder::new(Vec::new());
    let written = encoder.write_all(&vec![b'1'; MEMBER]).await;
    written.expect("memory is there");
    encoder.shutdown().await.expect("memory is there");
    // RFC 1952 §2.2: members one after the other are the concatenation of their contents.
    let bomb = encoder.into_inner().repeat(GIBIBYTE / MEMBER);
    assert!(bomb.len() < 2 * MEBIBYTE, "{}", bomb.len());
    let length = bomb.len();
    let head = format!(
        "content-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n"
    );
    is_refused(&head, async |wire| wire.send(&bomb).await).await;
}
