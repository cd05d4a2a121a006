//! The rules of HTTP/1.1, and clients that break them.

use gin::prelude::*;
use gin::routing::Routing;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::transport::SCHEME;
use crate::wire::{Running, status};

fn app() -> Group {
    Group::new("")
        .get("/", async || "hello")
        .get("/hello/:name", async |Path(name): Path<String>| name)
        .get("/host", async |cx: &mut Context| {
            cx.host().unwrap_or("none").to_owned()
        })
        .post("/echo", async |body: Bytes| body)
}

#[tokio::test]
async fn a_connection_serves_several_requests() {
    let server = Running::new(app()).await;
    let mut wire = server.connect().await;
    for _ in 0..3 {
        wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        let response = wire.until("hello").await;
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    }
    drop(wire);
    server.ended().await;
}

/// A client that does not encode what its user has typed.
#[tokio::test]
async fn a_target_in_utf_8_is_read_as_its_encoded_form() {
    let app = app().get("/café", async |cx: &mut Context| {
        format!("{} {:?}", cx.uri(), cx.query("é"))
    });
    let server = Running::new(app).await;
    let get =
        |target: &str| format!("GET {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    let response = server.exchange(get("/hello/Zoë")).await;
    assert!(response.ends_with("\r\n\r\nZoë"), "{response}");
    let response = server.exchange(get("/caf%C3%A9?é=%C3%BC&a=ü")).await;
    let expected = "/caf%C3%A9?%C3%A9=%C3%BC&a=%C3%BC Some(\"ü\")";
    assert!(response.ends_with(expected), "{response}");
    let response = server.exchange(get("http://a/hello/☃")).await;
    assert!(response.ends_with("☃"), "{response}");
    for broken in [
        &b"/hello/\xff"[..],
        b"/hello/\xc3",
        b"/?\x80",
        b"/hello/\xed\xa0\x80",
    ] {
        let request = [b"GET ", broken, b" HTTP/1.1\r\nhost: a\r\n\r\n"].concat();
        let response = server.exchange(request).await;
        assert_eq!(status(&response), "400", "{response}");
    }
}

#[tokio::test]
async fn a_missing_repeated_or_malformed_host_is_refused() {
    let server = Running::new(app()).await;
    let bad = [
        "",
        "host: a\r\nhost: a\r\n",
        "host: a b\r\n",
        "host: user@a\r\n",
        "host: a/b\r\n",
        "host: a,b\r\n",
        "host: a:b\r\n",
        "host: a:99999\r\n",
        "host: [::1\r\n",
    ];
    for host in bad {
        let response = server
            .exchange(format!("GET / HTTP/1.1\r\n{host}\r\n"))
            .await;
        assert_eq!(status(&response), "400", "{host:?}: {response}");
        assert!(
            response.to_lowercase().contains("connection: close"),
            "{response}"
        );
    }
    for host in [
        "host: a:80\r\n",
        "host: [::1]:80\r\n",
        "Host: 127.0.0.1\r\n",
    ] {
        let response = server
            .exchange(format!("GET / HTTP/1.1\r\nconnection: close\r\n{host}\r\n"))
            .await;
        assert_eq!(status(&response), "200", "{host:?}: {response}");
    }
}

#[tokio::test]
async fn the_authority_of_the_target_precedes_the_host_header() {
    let server = Running::new(app()).await;
    let cases = [
        ("GET /host HTTP/1.1\r\nhost: a:80\r\n", "a:80"),
        (
            "GET http://other:81/host HTTP/1.1\r\nhost: a\r\n",
            "other:81",
        ),
        ("GET /host HTTP/1.0\r\n", "none"),
    ];
    for (head, host) in cases {
        let response = server
            .exchange(format!("{head}connection: close\r\n\r\n"))
            .await;
        assert!(
            response.ends_with(&format!("\r\n\r\n{host}")),
            "{head}: {response}"
        );
    }
}

#[tokio::test]
async fn odd_request_lines_are_refused() {
    let server = Running::new(app()).await;
    let cases: [(&str, &[&str]); 18] = [
        ("GET * HTTP/1.1", &["400"]),
        ("GET x HTTP/1.1", &["400"]),
        ("GET /%zz HTTP/1.1", &["400"]),
        ("CONNECT a:443 HTTP/1.1", &["501"]),
        ("TRACE / HTTP/1.1", &["405"]),
        ("BREW / HTTP/1.1", &["405"]),
        ("OPTIONS * HTTP/1.1", &["204"]),
        ("GET ?x HTTP/1.1", &["400"]),
        ("GET http://other?x HTTP/1.1", &["200"]),
        ("GET http://user@other/ HTTP/1.1", &["400"]),
        ("GET http://other:99999/ HTTP/1.1", &["400"]),
        ("GET http:///hello/ann HTTP/1.1", &["400"]),
        ("GET / HTTP/1.9", &["400", "505"]),
        ("GET / HTTP/2.0", &["400", "505"]),
        ("GET / HTPP/1.1", &["400", "505"]),
        ("GET /", &["400", "505"]),
        ("GET http://other/hello/ann HTTP/1.1", &["200"]),
        ("\u{1}\u{2}\u{3}", &["400"]),
    ];
    for (line, expected) in cases {
        let response = server
            .exchange(format!("{line}\r\nhost: a\r\nconnection: close\r\n\r\n"))
            .await;
        assert!(
            expected.contains(&status(&response)),
            "{line:?}: {response}"
        );
    }
    let tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
    assert!(["400", "none"].contains(&status(&server.exchange(tls).await)));
    assert_eq!(status(&server.get("/").await), "200");
}

#[tokio::test]
async fn the_response_to_an_unknown_method_lists_the_known_ones_only() {
    let server = Running::new(app()).await;
    let long = "A".repeat(10_000);
    let response = server
        .exchange(format!(
            "{long} / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncookie: secret\r\n\r\n"
        ))
        .await;
    assert_eq!(status(&response), "501", "{response}");
    assert!(
        response.contains("allow: GET, HEAD, OPTIONS, POST"),
        "{response}"
    );
    assert!(
        !response.contains("AAAA") && !response.contains("secret"),
        "{response}"
    );
}

#[tokio::test]
async fn no_method_echoes_the_request() {
    let server = Running::new(app()).await;
    for line in ["TRACE / ", "CONNECT a:443 ", "BREW /hello/secret "] {
        let rest = "HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: secret\r\n\r\n";
        let response = server.exchange(format!("{line}{rest}")).await;
        assert!(
            ["405", "501"].contains(&status(&response)),
            "{line}: {response}"
        );
        assert!(
            response.contains("\r\nallow: GET, HEAD, OPTIONS"),
            "{line}: {response}"
        );
        assert!(!response.contains("secret"), "{line}: {response}");
    }
}

#[tokio::test]
async fn a_target_that_looks_like_a_host_never_redirects_to_it() {
    let fixing = Routing::new().fix_paths();
    let other_slash = Group::new("")
        .get("/:a", async || "")
        .get("/:a/:b/", async || "");
    let server = Running::new(other_slash.routing(fixing)).await;
    let targets = [
        "//evil.example/",
        "///evil.example",
        "/\\evil.example/",
        "/%5cevil.example/",
        "/%2f%2fevil.example/",
        "/%2fevil.example/x",
        "/.//evil.example/x",
        "/a/..//evil.example/x",
    ];
    let mut redirects = 0;
    for target in targets {
        let response = server.get(target).await;
        assert!(
            ["200", "301", "400", "404"].contains(&status(&response)),
            "{target}: {response}"
        );
        let location = response
            .lines()
            .find_map(|line| line.strip_prefix("location: "));
        let Some(location) = location else { continue };
        redirects += 1;
        let is_here =
            location.starts_with('/') && !location.starts_with("//") && !location.contains('\\');
        assert!(is_here, "{target} → {location}");
    }
    assert!(redirects > 3, "{redirects}");
}

#[tokio::test]
async fn an_http_1_0_client_is_served_and_its_connection_closed() {
    let server = Running::new(app()).await;
    let response = server.exchange("GET / HTTP/1.0\r\n\r\n").await;
    assert_eq!(status(&response), "200", "{response}");
    assert!(response.ends_with("hello"), "{response}");
}

#[tokio::test]
async fn sizes_have_limits() {
    let server = Running::new(app()).await;
    let path = |length| format!("/hello/{}", "a".repeat(length));
    assert_eq!(status(&server.get(&path(7_900)).await), "200");
    assert_eq!(status(&server.get(&path(20_000)).await), "414");
    let unencoded = format!("/hello/{}", "é".repeat(30_000));
    assert_eq!(status(&server.get(&unencoded).await), "414");
    for length in [64 << 10, 4 << 20] {
        let response = server.get(&path(length)).await;
        assert!(["414", "431"].contains(&status(&response)), "{response}");
    }
    let fields = "x: y\r\n".repeat(101);
    let response = server
        .exchange(format!("GET / HTTP/1.1\r\nhost: a\r\n{fields}\r\n"))
        .await;
    assert_eq!(status(&response), "431", "{response}");
    let field = "y".repeat(70 << 10);
    let response = server
        .exchange(format!("GET / HTTP/1.1\r\nhost: a\r\nx: {field}\r\n\r\n"))
        .await;
    assert_eq!(status(&response), "431", "{response}");
}

#[tokio::test]
async fn a_connection_is_upgraded_only_on_request() {
    let app = Group::new("").get("/", async |cx: &mut Context| {
        cx.upgrade("echo", async |mut upgraded| {
            let mut word = [0; 4];
            while upgraded.read_exact(&mut word).await.is_ok() {
                upgraded
                    .write_all(&word)
                    .await
                    .expect("the client is there");
            }
        })
    });
    let server = Running::new(app).await;
    let mut wire = server.connect().await;
    wire.send("GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nping")
        .await;
    let response = wire.until("ping").await;
    assert!(response.starts_with("HTTP/1.1 101 "), "{response}");
    wire.send("pong").await;
    assert_eq!(wire.until("pong").await, "pong");
    assert_eq!(status(&server.get("/").await), "426");
}

#[tokio::test]
async fn only_a_trusted_proxy_is_believed() {
    let client = async |cx: &mut Context| {
        let ip = cx.client_ip().map(|ip| ip.to_string()).unwrap_or_default();
        format!("{ip} {}", cx.scheme())
    };
    let reported = if SCHEME == "http" { "https" } else { "http" };
    let request = format!(
        "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx-forwarded-for: 6.6.6.6, 1.1.1.1\r\nx-forwarded-proto: {reported}\r\n\r\n"
    );
    let app = || Group::new("").get("/", client);
    let response = Running::new(app()).await.exchange(&request).await;
    let own = format!("\r\n\r\n127.0.0.1 {SCHEME}");
    assert!(response.ends_with(&own), "{response}");
    let response = Running::new(app().trust_proxies(["127.0.0.0/8"]))
        .await
        .exchange(&request)
        .await;
    let believed = format!("\r\n\r\n1.1.1.1 {reported}");
    assert!(response.ends_with(&believed), "{response}");
}
