//! Requests on their way to the app.

use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::wire::{code, field};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn the_app_gets_the_request_of_the_client() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig
        .send("GET /a%2Fb;c//d?x=1&y=%zz;&&z HTTP/1.1\r\nHost: LocalHost:3000\r\nUser-Agent: me\r\nX-Case: Kept\r\nCookie: a=1\r\n\r\n")
        .await;
    let (_, head) = app.responds(OK).await;
    assert!(
        head.starts_with("GET /a%2Fb;c//d?x=1&y=%zz;&&z HTTP/1.1\r\n"),
        "{head}"
    );
    assert_eq!(field(&head, "host"), Some("LocalHost:3000"));
    assert_eq!(field(&head, "user-agent"), Some("me"));
    assert_eq!(field(&head, "cookie"), Some("a=1"));
    assert!(head.contains("X-Case: Kept"), "{head}");
    assert_eq!(code(&client.head().await), 200);
}

#[tokio::test]
async fn a_request_without_a_user_agent_gets_none() {
    let (rig, app) = Rig::ready().await;
    let _client = rig.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    let (_, head) = app.responds(OK).await;
    assert_eq!(field(&head, "user-agent"), None);
}

#[tokio::test]
async fn the_proxy_alone_sets_the_forwarded_headers() {
    let (rig, app) = Rig::ready().await;
    let _client = rig
        .send("GET / HTTP/1.1\r\nHost: localhost:3000\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 5.6.7.8\r\nX-Forwarded-Host: evil.test\r\nX-Forwarded-Proto: https\r\nForwarded: for=1.2.3.4\r\n\r\n")
        .await;
    let (_, head) = app.responds(OK).await;
    assert_eq!(field(&head, "x-forwarded-for"), Some("127.0.0.1"));
    assert_eq!(field(&head, "x-forwarded-host"), Some("localhost:3000"));
    assert_eq!(field(&head, "x-forwarded-proto"), Some("http"));
    assert_eq!(
        field(&head, "forwarded"),
        Some("for=127.0.0.1;host=\"localhost:3000\";proto=http")
    );
}

#[tokio::test]
async fn hop_by_hop_headers_are_removed() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig
        .send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, x-mine, Cookie, host,, ,@\r\nConnection: X-Also-Mine\r\nX-Mine: 1\r\nX-Also-Mine: 1\r\nX-Yours: 1\r\nCookie: a=1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: close\r\nProxy-Authorization: Basic x\r\nTE: gzip, Trailers;q=0.5\r\nHTTP2-Settings: x\r\n\r\n")
        .await;
    let (_, head) = app
        .responds("HTTP/1.1 200 OK\r\nConnection: x-hop, content-type, Set-Cookie\r\nX-Hop: 1\r\nX-End: 1\r\nContent-Type: text/plain\r\nSet-Cookie: a=1\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
        .await;
    for stripped in [
        "x-mine",
        "x-also-mine",
        "keep-alive",
        "proxy-connection",
        "proxy-authorization",
        "http2-settings",
        "upgrade",
    ] {
        assert_eq!(field(&head, stripped), None, "{head}");
    }
    assert_eq!(field(&head, "host"), Some("localhost"));
    assert_eq!(field(&head, "cookie"), Some("a=1"));
    assert_eq!(field(&head, "x-yours"), Some("1"));
    let response = client.head().await;
    for stripped in ["x-hop", "keep-alive", "proxy-authenticate", "connection"] {
        assert_eq!(field(&response, stripped), None, "{response}");
    }
    assert_eq!(field(&response, "content-type"), Some("text/plain"));
    assert_eq!(field(&response, "set-cookie"), Some("a=1"));
    assert_eq!(field(&response, "x-end"), Some("1"));
}

#[tokio::test]
async fn trailers_are_accepted_if_the_client_accepts_them() {
    for (te, expected) in [
        ("TE: trailers\r\n", Some("trailers")),
        ("TE: gzip\r\n", None),
        ("", None),
    ] {
        let (rig, app) = Rig::ready().await;
        let _client = rig
            .send(&format!("GET / HTTP/1.1\r\nHost: localhost\r\n{te}\r\n"))
            .await;
        let (_, head) = app.responds(OK).await;
        assert_eq!(field(&head, "te"), expected, "{te:?}");
    }
}

#[tokio::test]
async fn an_absolute_target_sets_the_host() {
    let (rig, app) = Rig::ready().await;
    let _client = rig
        .send("GET http://blog.localhost:3000/x?y HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    let (_, head) = app.responds(OK).await;
    assert!(head.starts_with("GET /x?y HTTP/1.1\r\n"), "{head}");
    assert_eq!(field(&head, "host"), Some("blog.localhost:3000"));
}

#[tokio::test]
async fn an_http_1_0_client_is_served_and_disconnected() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send("GET / HTTP/1.0\r\n\r\n").await;
    let (_, head) = app
        .responds("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
        .await;
    assert!(head.starts_with("GET / HTTP/1.1\r\n"), "{head}");
    assert_eq!(field(&head, "host"), Some("127.0.0.1"));
    let response = client.head().await;
    assert_eq!(field(&response, "transfer-encoding"), None, "{response}");
    assert_eq!(client.rest().await, "ok");
}

#[tokio::test]
async fn a_body_keeps_its_framing() {
    let (rig, app) = Rig::ready().await;
    for (sent, framing) in [
        (
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi",
            "content-length: 2",
        ),
        (
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
            "content-length: 0",
        ),
        (
            "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            "transfer-encoding: chunked",
        ),
        (
            "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            "transfer-encoding: chunked",
        ),
        (
            "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi",
            "content-length: 2",
        ),
    ] {
        let mut client = rig.send(sent).await;
        let (mut wire, head) = app.request().await;
        assert!(head.to_lowercase().contains(framing), "{head}");
        match framing {
            "content-length: 2" => assert_eq!(wire.bytes(2).await, "hi"),
            "transfer-encoding: chunked" => {
                assert_eq!(wire.until("0\r\n\r\n").await, "2\r\nhi\r\n0\r\n\r\n");
            }
            _ => {}
        }
        wire.send(OK).await;
        assert_eq!(code(&client.head().await), 200, "{sent:?}");
    }
}

#[tokio::test]
async fn a_request_s_trailers_follow_its_body() {
    let (rig, app) = Rig::ready().await;
    let _client = rig
        .send("POST / HTTP/1.1\r\nHost: localhost\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n")
        .await;
    let (mut wire, head) = app.request().await;
    assert_eq!(field(&head, "trailer"), Some("X-Sum"));
    let body = wire.until("\r\n\r\n").await.to_lowercase();
    assert!(body.contains("x-sum: 7"), "{body}");
}

#[tokio::test]
async fn a_smuggled_request_is_not_forwarded() {
    let (rig, app) = Rig::ready().await;
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for framing in [
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: +5",
        "Content-Length: 0x5",
        "Content-Length: 5, 6",
        "Content-Length: 18446744073709551621",
        "Content-Length: -1",
        "Content-Length: ",
        "Content-Length : 5",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: \x0bchunked",
        "Transfer-Encoding: chunked\r\n x",
        "X: y\r\n Transfer-Encoding: chunked",
        "X: y\rTransfer-Encoding: chunked",
        "X: y\0",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    ] {
        let mut client = rig
            .send(&format!(
                "POST / HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n{smuggled}"
            ))
            .await;
        assert_eq!(code(&client.head().await), 400, "{framing:?}");
        let rest = client.rest().await;
        assert!(!rest.contains("HTTP/1.1"), "{framing:?}: {rest}");
        assert!(app.is_alone().await, "{framing:?}");
    }
}

#[tokio::test]
async fn a_broken_chunk_cuts_the_request_off() {
    let (rig, app) = Rig::ready().await;
    for chunk in [
        "zz\r\n",
        "2\r\nhiGET",
        "-2\r\n",
        "2 2\r\nhi\r\n",
        "fffffffffffffffff\r\n",
        "2\nhi\n0\n\n",
    ] {
        let mut client = rig
            .send(&format!(
                "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}"
            ))
            .await;
        assert_eq!(code(&client.head().await), 400, "{chunk:?}");
        client.rest().await;
        let body = app.accept_any().await.rest().await;
        assert!(!body.ends_with("\r\n0\r\n\r\n"), "{chunk:?}: {body:?}");
    }
}

#[tokio::test]
async fn chunks_beside_a_length_are_one_request() {
    let (rig, app) = Rig::ready().await;
    for framing in [
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 3",
    ] {
        let mut client = rig
            .send(&format!(
                "POST / HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
            ))
            .await;
        let (mut wire, head) = app.request().await;
        assert_eq!(field(&head, "content-length"), None);
        assert_eq!(field(&head, "transfer-encoding"), Some("chunked"));
        assert_eq!(wire.until("0\r\n\r\n").await, "2\r\nhi\r\n0\r\n\r\n");
        wire.send(OK).await;
        assert_eq!(code(&client.head().await), 200);
    }
    let chunked =
        "POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert_eq!(code(&rig.send(chunked).await.head().await), 400);
    assert!(app.is_alone().await);
}

#[tokio::test]
async fn options_for_the_whole_server_are_forwarded() {
    let (rig, app) = Rig::ready().await;
    let _client = rig
        .send("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    let (_, head) = app.responds(OK).await;
    assert!(head.starts_with("OPTIONS * HTTP/1.1\r\n"), "{head}");
}
