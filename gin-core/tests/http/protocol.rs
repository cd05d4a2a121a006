//! What the protocol demands of a server, and what a client may not do.

use gin::{prelude::*, routing::Routing};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

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
async fn a_request_is_answered_on_a_connection_that_stays() {
    let server = Running::new(app()).await;
    let mut wire = server.connect().await;
    for _ in 0..3 {
        wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        let answer = wire.until("hello").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    }
    drop(wire);
    server.ended().await;
}

#[tokio::test]
async fn a_host_that_is_missing_doubled_or_malformed_is_refused() {
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
        let answer = server.ask(format!("GET / HTTP/1.1\r\n{host}\r\n")).await;
        assert_eq!(status(&answer), "400", "{host:?}: {answer}");
        assert!(
            answer.to_lowercase().contains("connection: close"),
            "{answer}"
        );
    }
    for host in [
        "host: a:80\r\n",
        "host: [::1]:80\r\n",
        "Host: 127.0.0.1\r\n",
    ] {
        let answer = server
            .ask(format!("GET / HTTP/1.1\r\nconnection: close\r\n{host}\r\n"))
            .await;
        assert_eq!(status(&answer), "200", "{host:?}: {answer}");
    }
}

#[tokio::test]
async fn the_host_is_the_authority_of_the_target_before_that_of_the_header() {
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
        let answer = server.ask(format!("{head}connection: close\r\n\r\n")).await;
        assert!(
            answer.ends_with(&format!("\r\n\r\n{host}")),
            "{head}: {answer}"
        );
    }
}

#[tokio::test]
async fn odd_request_lines_are_refused() {
    let server = Running::new(app()).await;
    let cases: [(&str, &[&str]); 20] = [
        ("GET * HTTP/1.1", &["400"]),
        ("GET x HTTP/1.1", &["400"]),
        ("GET /\u{e9} HTTP/1.1", &["400"]),
        ("GET /%zz HTTP/1.1", &["400"]),
        ("CONNECT a:443 HTTP/1.1", &["501"]),
        ("TRACE / HTTP/1.1", &["405"]),
        ("BREW / HTTP/1.1", &["405"]),
        ("OPTIONS * HTTP/1.1", &["204"]),
        ("GET /?\u{e9} HTTP/1.1", &["400"]),
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
        let answer = server
            .ask(format!("{line}\r\nhost: a\r\nconnection: close\r\n\r\n"))
            .await;
        assert!(expected.contains(&status(&answer)), "{line:?}: {answer}");
    }
    let tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
    assert!(["400", "none"].contains(&status(&server.ask(tls).await)));
    assert_eq!(status(&server.get("/").await), "200");
}

#[tokio::test]
async fn a_method_that_no_one_knows_is_told_which_are_known_and_nothing_else() {
    let server = Running::new(app()).await;
    let long = "A".repeat(10_000);
    let answer = server
        .ask(format!(
            "{long} / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncookie: secret\r\n\r\n"
        ))
        .await;
    assert_eq!(status(&answer), "501", "{answer}");
    assert!(
        answer.contains("allow: GET, HEAD, OPTIONS, POST"),
        "{answer}"
    );
    assert!(
        !answer.contains("AAAA") && !answer.contains("secret"),
        "{answer}"
    );
}

#[tokio::test]
async fn no_method_echoes_what_a_client_sent() {
    let server = Running::new(app()).await;
    for line in ["TRACE / ", "CONNECT a:443 ", "BREW /hello/secret "] {
        let rest = "HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: secret\r\n\r\n";
        let answer = server.ask(format!("{line}{rest}")).await;
        assert!(
            ["405", "501"].contains(&status(&answer)),
            "{line}: {answer}"
        );
        assert!(
            answer.contains("\r\nallow: GET, HEAD, OPTIONS"),
            "{line}: {answer}"
        );
        assert!(!answer.contains("secret"), "{line}: {answer}");
    }
}

#[tokio::test]
async fn a_target_that_looks_like_a_host_leads_to_none() {
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
        let answer = server.get(target).await;
        assert!(
            ["200", "301", "400", "404"].contains(&status(&answer)),
            "{target}: {answer}"
        );
        let location = answer
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
async fn an_old_client_is_served_and_the_connection_closed() {
    let server = Running::new(app()).await;
    let answer = server.ask("GET / HTTP/1.0\r\n\r\n").await;
    assert_eq!(status(&answer), "200", "{answer}");
    assert!(answer.ends_with("hello"), "{answer}");
}

#[tokio::test]
async fn sizes_have_limits() {
    let server = Running::new(app()).await;
    let path = |length| format!("/hello/{}", "a".repeat(length));
    assert_eq!(status(&server.get(&path(7_900)).await), "200");
    assert_eq!(status(&server.get(&path(20_000)).await), "414");
    for length in [64 << 10, 4 << 20] {
        let answer = server.get(&path(length)).await;
        assert!(["414", "431"].contains(&status(&answer)), "{answer}");
    }
    let fields = "x: y\r\n".repeat(101);
    let answer = server
        .ask(format!("GET / HTTP/1.1\r\nhost: a\r\n{fields}\r\n"))
        .await;
    assert_eq!(status(&answer), "431", "{answer}");
    let field = "y".repeat(70 << 10);
    let answer = server
        .ask(format!("GET / HTTP/1.1\r\nhost: a\r\nx: {field}\r\n\r\n"))
        .await;
    assert_eq!(status(&answer), "431", "{answer}");
}

#[tokio::test]
async fn another_protocol_can_take_over_where_it_was_asked_for() {
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
    let answer = wire.until("ping").await;
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    wire.send("pong").await;
    assert_eq!(wire.until("pong").await, "pong");
    assert_eq!(status(&server.get("/").await), "426");
}

#[tokio::test]
async fn what_a_stranger_says_of_its_client_is_not_believed() {
    let tell = async |cx: &mut Context| {
        let ip = cx.client_ip().map(|ip| ip.to_string()).unwrap_or_default();
        format!("{ip} {}", cx.scheme())
    };
    let request = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx-forwarded-for: 6.6.6.6, 1.1.1.1\r\nx-forwarded-proto: https\r\n\r\n";
    let app = || Group::new("").get("/", tell);
    let answer = Running::new(app()).await.ask(request).await;
    assert!(answer.ends_with("\r\n\r\n127.0.0.1 http"), "{answer}");
    let answer = Running::new(app().trust_proxies(["127.0.0.0/8"]))
        .await
        .ask(request)
        .await;
    assert!(answer.ends_with("\r\n\r\n1.1.1.1 https"), "{answer}");
}
