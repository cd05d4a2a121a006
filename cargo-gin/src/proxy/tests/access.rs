//! The requests that are accepted, and those that are refused.

use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::wire::{code, field};

#[tokio::test]
async fn a_request_for_a_foreign_host_is_refused_at_every_path() {
    let (rig, app) = Rig::ready().await;
    for path in [
        "/",
        "/__gin/",
        "/__gin/phase",
        "/__gin/requests/0",
        "/__gin/status",
        "/__gin/events",
        "/__gin/rebuild",
    ] {
        for upgrade in ["", "Connection: upgrade\r\nUpgrade: websocket\r\n"] {
            let request = format!(
                "GET {path} HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n{upgrade}\r\n"
            );
            let response = rig.send(&request).await.rest().await;
            assert_eq!(code(&response), 403, "{path} {upgrade}");
            assert!(response.contains("--allowed-host"), "{response}");
            assert!(
                !response.contains("hello") && !response.contains("root"),
                "{response}"
            );
        }
    }
    assert!(app.is_alone().await);
}

#[tokio::test]
async fn a_request_without_exactly_one_valid_host_is_bad() {
    let (rig, app) = Rig::ready().await;
    for head in [
        "GET / HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n",
        "GET / HTTP/1.1\r\nHost: localhost, evil.test\r\n",
        "GET / HTTP/1.1\r\nHost: user@localhost\r\n",
        "GET / HTTP/1.1\r\nHost: localhost/x\r\n",
        "GET / HTTP/1.1\r\nHost: localhost:x\r\n",
        "GET / HTTP/1.1\r\nHost: [::1\r\n",
        "GET / HTTP/1.1\r\nHost: \r\n",
        "GET http://localhost/ HTTP/1.1\r\nHost: a b\r\n",
        "GET http://x@localhost/ HTTP/1.1\r\nHost: localhost\r\n",
        "GET * HTTP/1.1\r\nHost: localhost\r\n",
        "GET localhost HTTP/1.1\r\nHost: localhost\r\n",
    ] {
        let response = rig.send(&format!("{head}\r\n")).await.head().await;
        assert_eq!(code(&response), 400, "{head:?}");
    }
    assert!(app.is_alone().await);
}

#[tokio::test]
async fn an_allowed_host_is_served() {
    let (rig, app) = Rig::ready().await;
    for host in ["app.test", "x.localhost:3000", "127.0.0.1", "[::1]:3000"] {
        let mut client = rig
            .send(&format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"))
            .await;
        let (_, head) = app
            .responds("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .await;
        assert_eq!(field(&head, "host"), Some(host));
        assert_eq!(code(&client.head().await), 200);
    }
}

#[tokio::test]
async fn a_request_that_comes_back_is_served_until_it_is_a_loop() {
    let (rig, app) = Rig::ready().await;
    let mut head = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned();
    let mut passes = Vec::new();
    for _ in 0..4 {
        let client = rig.send(&head).await;
        let wire;
        (wire, head) = app.request().await;
        passes.push((client, wire));
    }
    let back = rig.send(&head).await.head().await;
    assert_eq!(code(&back), 508);
    for (mut client, mut wire) in passes {
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .await;
        assert_eq!(code(&client.head().await), 200);
    }
}

#[tokio::test]
async fn an_app_on_the_proxy_s_own_port_is_a_loop() {
    let rig = Rig::start().await;
    rig.becomes(crate::state::Phase::ready_at(rig.address));
    let head = rig
        .send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .head()
        .await;
    assert_eq!(code(&head), 508);
}

#[tokio::test]
async fn connect_is_refused() {
    let (rig, app) = Rig::ready().await;
    let head = rig
        .send("CONNECT localhost:22 HTTP/1.1\r\nHost: localhost:22\r\n\r\n")
        .await
        .head()
        .await;
    assert_eq!(code(&head), 405);
    assert!(app.is_alone().await);
}

#[tokio::test]
async fn the_size_of_a_head_is_limited() {
    let (rig, app) = Rig::ready().await;
    let long = format!("X: {}\r\n", "x".repeat(70_000));
    let many = "X: y\r\n".repeat(101);
    let path = "/".to_owned() + &"x".repeat(70_000);
    for (path, fields, expected) in [
        ("/", long.as_str(), 431),
        ("/", &many, 431),
        (path.as_str(), "", 414),
    ] {
        let mut client = rig.client().await;
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n");
        let _ = tokio::io::AsyncWriteExt::write_all(&mut client.stream, request.as_bytes()).await;
        let found = code(&client.head().await);
        assert!(found == expected || found == 431, "{found}");
    }
    let mut client = rig
        .send(&format!(
            "GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "x".repeat(7_900)
        ))
        .await;
    app.responds("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        .await;
    assert_eq!(code(&client.head().await), 200);
}
