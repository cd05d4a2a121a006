//! Heads: hosts, sizes and numbers of headers, over HTTP/1.1 and HTTP/2.

use gin::Server;
use gin::prelude::*;

use crate::multiplex;
use crate::wire::{Running, status};

fn app() -> Group {
    Group::new("")
        .get("/", async || "hello")
        .post("/json", async |value: Option<Json<u8>>| {
            value.map_or(0, |Json(value)| value).to_string()
        })
        .post("/bind", async |cx: &mut Context| {
            cx.bind::<u8>().await.map(|value| value.to_string())
        })
}

#[tokio::test]
async fn a_host_is_a_name_or_an_address() {
    let server = Running::new(app()).await;
    for (host, expected) in [
        ("a%zz", "400"),
        ("a%4", "400"),
        ("[:::::]", "400"),
        ("[1]", "400"),
        (":80", "400"),
        ("a,b", "400"),
        ("a!b", "200"),
        ("a%41b:80", "200"),
        ("[::1]:80", "200"),
        ("", "200"),
    ] {
        let request = format!("GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        let response = server.exchange(request).await;
        assert_eq!(status(&response), expected, "{host}: {response}");
    }
}

#[tokio::test]
async fn over_http2_a_host_must_be_the_authority() {
    let server = Running::new(app()).await;
    let mut client = multiplex::connect(server.stream().await).await;
    for (host, expected) in [("a", 200), ("A", 200), ("b", 400), ("a:80", 400)] {
        let request = multiplex::request("http://a/").header("host", host);
        let response = multiplex::send(&mut client, request).await;
        assert_eq!(response.status(), expected, "{host}");
    }
}

#[tokio::test]
async fn the_number_of_headers_has_the_same_limit_over_http2() {
    let server = Running::new(app()).await;
    let mut client = multiplex::connect(server.stream().await).await;
    for (name, count, expected) in [
        ("x", 100, 200),
        ("x", 101, 431),
        ("x", 1_000, 431),
        // RFC 9113 §8.2.3: a client may split its cookies.
        ("cookie", 200, 200),
    ] {
        let mut request = multiplex::request("http://a/");
        for _ in 0..count {
            request = request.header(name, "y");
        }
        let response = multiplex::send(&mut client, request).await;
        assert_eq!(response.status(), expected, "{name} {count}");
        let body = multiplex::text(response).await;
        let is_explained = expected == 200 || body.starts_with("431 ");
        assert!(is_explained, "{name} {count}: {body}");
    }
}

#[tokio::test]
async fn the_size_of_a_head_has_the_limit_that_is_set() {
    let server = Running::with(app(), |server: Server| server.max_header_size(4 << 20)).await;
    let mut client = multiplex::connect(server.stream().await).await;
    for (size, expected) in [(1 << 20, 200), (3 << 20, 200), (5 << 20, 431)] {
        let value = "y".repeat(size);
        let request =
            format!("GET / HTTP/1.1\r\nhost: a\r\nx: {value}\r\nconnection: close\r\n\r\n");
        let response = server.exchange(request).await;
        assert_eq!(status(&response), expected.to_string(), "HTTP/1.1, {size}");
        let response = multiplex::send(
            &mut client,
            multiplex::request("http://a/").header("x", value),
        )
        .await;
        assert_eq!(response.status(), expected, "HTTP/2, {size}");
        let body = multiplex::text(response).await;
        assert!(!body.is_empty(), "HTTP/2, {size}");
    }
}

#[tokio::test]
async fn a_malformed_content_type_is_not_an_absent_one() {
    let server = Running::new(app()).await;
    for path in ["/json", "/bind"] {
        for content_type in [";;", "", "\u{e9}", "json"] {
            let head = format!(
                "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 1\r\n"
            );
            let response = server
                .exchange(format!("{head}content-type: {content_type}\r\n\r\n7"))
                .await;
            assert_eq!(
                status(&response),
                "415",
                "{path} {content_type:?}: {response}"
            );
        }
    }
}
