//! Heads that never become a request, as they are malformed or too large: their clients get a problem as well.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

use gin::Server;
use gin::prelude::*;

use crate::wire::{Running, status};

fn app() -> Group {
    Group::new("")
        .get("/", async || "hello")
        .post("/echo", async |body: Bytes| body)
        .post("/stream", async |body: Bytes| {
            let length = body.len() as u64;
            let chunks = [Ok::<_, std::io::Error>(body)];
            Body::from_stream(futures_util::stream::iter(chunks)).with_len(length)
        })
}

/// Lets hyper look at targets that are too long for it.
fn larger(server: Server) -> Server {
    server.max_header_size(128 << 10)
}

/// Returns heads that are refused, and their statuses.
fn heads() -> Vec<(String, &'static str)> {
    let get = |rest: &str| format!("GET / HTTP/1.1\r\nhost: a\r\n{rest}\r\n");
    vec![
        ("nonsense\r\n\r\n".to_owned(), "400"),
        ("GET / HTTP/3.0\r\n\r\n".to_owned(), "400"),
        (get("x y: z\r\n"), "400"),
        (get("x: \0\r\n"), "400"),
        (get("content-length: x\r\n"), "400"),
        (get(&"x: y\r\n".repeat(101)), "431"),
        (get(&format!("x: {}\r\n", "y".repeat(140 << 10))), "431"),
        (
            format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "a".repeat(65_600)),
            "414",
        ),
    ]
}

#[tokio::test]
async fn a_head_that_is_refused_gets_a_problem() {
    let server = Running::with(app(), larger).await;
    for (head, expected) in heads() {
        for before in ["", "GET / HTTP/1.1\r\nhost: a\r\n\r\n"] {
            let mut wire = server.connect().await;
            wire.send(format!("{before}{head}")).await;
            let mut response = wire.rest().await;
            if !before.is_empty() {
                assert!(response.contains("hello"), "{expected}: {response}");
                response = response
                    .split_once("hello")
                    .expect("it is there")
                    .1
                    .to_owned();
            }
            let start: String = head.chars().take(40).collect();
            assert_eq!(status(&response), expected, "{start:?}: {response}");
            let (head, body) = response.split_once("\r\n\r\n").expect("a head ends");
            assert!(
                body.starts_with(&format!("{expected} ")),
                "{start:?}: {response}"
            );
            assert!(head.contains("connection: close"), "{start:?}: {response}");
            assert!(
                head.contains(&format!("content-length: {}", body.len())),
                "{response}"
            );
            assert!(head.contains("content-type: text/plain"), "{response}");
        }
    }
}

#[tokio::test]
async fn a_head_that_is_refused_has_the_form_of_the_app_errors() {
    let count = Arc::new(AtomicUsize::new(0));
    let errors = count.clone();
    let app = app().on_error(move |cx, problem| {
        errors.fetch_add(1, SeqCst);
        let text = format!("own {}", problem.status().as_u16());
        cx.string(problem.status(), text)
    });
    let server = Running::with(app, larger).await;
    let heads = heads();
    let number = heads.len();
    for (head, expected) in heads {
        let response = server.exchange(head).await;
        assert!(
            response.ends_with(&format!("\r\n\r\nown {expected}")),
            "{response}"
        );
    }
    assert_eq!(count.load(SeqCst), number);
}

/// A body may end in what the server sends for such a head. It must reach the client as it is.
#[tokio::test]
async fn a_body_that_looks_like_a_refusal_is_sent() {
    let server = Running::new(app()).await;
    let raw = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: Sat, 28 Nov 2026 22:22:22 GMT\r\n\r\n";
    for path in ["/echo", "/stream"] {
        for body in [
            raw.to_owned(),
            format!("x{raw}"),
            raw.repeat(3),
            "y".repeat(20_000) + raw,
        ] {
            let post = |connection: &str| {
                format!(
                    "POST {path} HTTP/1.1\r\nhost: a\r\n{connection}content-length: {}\r\n\r\n{body}",
                    body.len()
                )
            };
            // Kept, then closed.
            let mut wire = server.connect().await;
            wire.send(post("")).await;
            wire.until(&body).await;
            wire.send(post("connection: close\r\n")).await;
            assert!(
                wire.rest().await.ends_with(&format!("\r\n\r\n{body}")),
                "{path}"
            );
            // Before a second request, and before a head that is refused.
            for (last, end) in [
                (
                    "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
                    "hello",
                ),
                ("nonsense\r\n\r\n", "malformed\n"),
            ] {
                let mut wire = server.connect().await;
                wire.send(format!("{}{last}", post(""))).await;
                let both = wire.rest().await;
                assert!(
                    both.contains(&format!("\r\n\r\n{body}HTTP/1.1 ")),
                    "{path}: {both}"
                );
                assert!(both.ends_with(end), "{path}: {both}");
            }
        }
    }
}
