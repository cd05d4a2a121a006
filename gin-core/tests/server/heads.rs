//! Heads: methods, hosts, sizes and numbers of headers, over HTTP/1.1 and HTTP/2.

use gin::Server;
use gin::prelude::*;
use http::Version;

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
async fn over_http2_a_request_without_an_authority_needs_one_host() {
    let server = Running::new(app()).await;
    let mut client = multiplex::connect(server.stream().await).await;
    let cases: [(&[&str], u16); 5] = [
        (&[], 400),
        (&["a"], 200),
        (&["a", "a"], 400),
        (&["user@a"], 400),
        (&["a,b"], 400),
    ];
    for (hosts, expected) in cases {
        // As a proxy of HTTP/1.1 passes it on: h2 sends no authority for such a request.
        let mut request = multiplex::request("/").version(Version::HTTP_11);
        for host in hosts {
            request = request.header("host", *host);
        }
        let response = multiplex::send(&mut client, request).await;
        assert_eq!(response.status(), expected, "{hosts:?}");
        let body = multiplex::text(response).await;
        let is_explained = expected == 200 || body.starts_with("400 ");
        assert!(is_explained, "{hosts:?}: {body}");
    }
}

#[tokio::test]
async fn a_method_without_a_route_gets_the_same_over_http2() {
    let server = Running::new(app()).await;
    let mut client = multiplex::connect(server.stream().await).await;
    let (longest, longer, long) = ("A".repeat(32), "A".repeat(33), "A".repeat(10_000));
    for (method, target, uri, expected) in [
        ("GET", "/", "http://a/", "200"),
        ("get", "/", "http://a/", "405"),
        ("TRACE", "/", "http://a/", "405"),
        ("BREW", "/", "http://a/", "405"),
        (&longest, "/", "http://a/", "405"),
        (&longer, "/", "http://a/", "501"),
        (&long, "/", "http://a/", "501"),
        ("CONNECT", "a:443", "a:443", "501"),
    ] {
        let head = format!("{method} {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        let plain = server.exchange(head).await;
        assert_eq!(status(&plain), expected, "{method}: {plain}");
        let request = multiplex::request(uri).method(method);
        let response = multiplex::send(&mut client, request).await;
        assert_eq!(response.status().as_str(), expected, "{method}");
        if let Some(allow) = response.headers().get("allow") {
            let allow = allow.to_str().expect("it is text");
            assert!(
                plain.contains(&format!("\r\nallow: {allow}\r\n")),
                "{plain}"
            );
        } else {
            assert_eq!(expected, "200", "{method}: {plain}");
        }
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
        for content_type in [
            ";;",
            "",
            "\u{e9}",
            "json",
            "application/json; charset=utf-7",
        ] {
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
