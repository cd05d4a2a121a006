//! Event streams, tunnels and large bodies of the app, and the dev server's own status and events.

use std::hash::{DefaultHasher, Hasher as _};

use gin_tests::{Sandbox, within};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

#[tokio::test]
async fn an_event_stream_starts_at_once_and_ends_with_its_app() {
    let app = Sandbox::new("axum").dev().await;
    let mut events = app.get("/events").stream().await;
    events.receives("data: v1\n\n").await;
    app.edit("src/main.rs", "fn main() { oops }");
    app.page("/").await.is(500).shows("oops");
    events.stays_open().await;
    app.restore("src/main.rs");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
    events.ends().await;
    app.get("/events")
        .stream()
        .await
        .receives("data: v2\n\n")
        .await;
}

#[tokio::test]
async fn a_tunnel_carries_both_directions_until_its_app_is_replaced() {
    let app = Sandbox::new("axum").dev().await;
    let mut tunnel = app.get("/echo").upgrade("echo").await;
    let mut exchange = async |words: &[u8]| {
        tunnel.write_all(words).await.unwrap();
        let mut echoed = vec![0; words.len()];
        within("an echo", tunnel.read_exact(&mut echoed))
            .await
            .unwrap();
        assert_eq!(echoed, words);
    };
    exchange(b"hello").await;
    // The old app keeps its connections until a new one replaces it.
    app.edit("src/main.rs", "fn main() { oops }");
    app.page("/").await.is(500).shows("oops");
    exchange(b"still here").await;
    app.restore("src/main.rs");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
    let end = within("the tunnel's end", tunnel.read(&mut [0])).await;
    assert!(matches!(end, Ok(0) | Err(_)));
}

#[tokio::test]
async fn a_large_body_arrives_complete_even_if_it_is_held() {
    let body: Vec<u8> = (0..10 << 20)
        .map(|n: u32| n.to_le_bytes()[n as usize % 3])
        .collect();
    let mut hasher = DefaultHasher::new();
    hasher.write(&body);
    let expected = format!("{} {:x}", body.len(), hasher.finish());
    let app = Sandbox::new("axum").dev().await;
    app.get("/upload")
        .post(body.clone())
        .await
        .is(200)
        .says(&expected);
    app.say("v2");
    app.get("/upload").post(body).await.is(200).says(&expected);
}

#[tokio::test]
async fn the_status_has_phase_build_target_and_exit() {
    let app = Sandbox::new("plain").dev().await;
    app.get("/").await.is(200).says("v1");
    let status = app.status().await;
    assert_eq!(status["phase"], "ready");
    assert_eq!(status["build"], 1);
    assert_eq!(status["cause"], "first build");
    assert_eq!(status["target"]["package"], "app");
    assert_eq!(status["target"]["name"], "app");
    assert_eq!(status["errors"], 0);
    assert_eq!(status["warnings"], 0);
    assert_eq!(status["diagnostics"], json!([]));
    assert_eq!(status["exit"], json!(null));
    assert!(status["timings"]["build_ms"].is_u64());
    assert!(status["timings"]["start_ms"].is_u64());

    app.get("/exit").await.is(502).text();
    let exit = &app.status().await["exit"];
    assert_eq!(exit["code"], 3);
    assert!(exit["uptime_ms"].is_u64());
}

#[tokio::test]
async fn the_event_stream_reports_each_phase() {
    let app = Sandbox::new("plain").dev().await;
    app.get("/").await.is(200).says("v1");
    let mut events = app.get("/__gin/events").stream().await;
    assert_eq!(events.status, 200);
    events.receives("\"phase\":\"ready\"").await;
    app.edit("src/main.rs", "fn main() { oops }");
    events.receives("\"phase\":\"building\"").await;
    events.receives("\"phase\":\"failed\"").await;
    app.edit("src/main.rs", "fn main() {}");
    events.receives("\"phase\":\"crashed\"").await;
    assert!(events.received().contains("event: phase\ndata: {"));
}

#[tokio::test]
async fn a_foreign_host_gets_no_details() {
    let app = Sandbox::new("plain").dev().await;
    app.get("/").await.is(200).says("v1");
    let port = app.address().port();
    for path in ["/", "/__gin/", "/__gin/status", "/__gin/events"] {
        let response = app.get(path).header("host", &format!("evil.test:{port}"));
        let response = response.await.is(403).text();
        assert!(
            !response.contains("plain") && !response.contains("v1"),
            "{response}"
        );
    }
    for host in ["localhost", "app.localhost", "127.0.0.1", "[::1]"] {
        let response = app.get("/").header("host", &format!("{host}:{port}"));
        response.await.is(200).says("v1");
    }
}

#[tokio::test]
async fn only_our_own_pages_can_request_a_rebuild() {
    let app = Sandbox::new("plain").dev().await;
    app.get("/").await.is(200).says("v1");
    let status = app.get("/__gin/status").await.is(200);
    let token = status.headers["x-gin-token"].to_str().unwrap();
    let own = format!("http://{}", app.address());
    let rebuild = |origin: &str, token: &str| {
        app.get("/__gin/rebuild")
            .post("{}")
            .header("content-type", "application/json")
            .header("origin", origin)
            .header("x-gin-token", token)
    };
    for (origin, token) in [
        (own.as_str(), ""),
        (&own, "0000"),
        ("null", token),
        ("http://evil.test", token),
        ("http://127.0.0.1:1", token),
    ] {
        rebuild(origin, token).await.is(403).text();
    }
    app.get("/__gin/rebuild").post("{}").await.is(403).text();
    assert_eq!(app.status().await["build"], 1);
    rebuild(&own, token).await.is(202).text();
    app.events
        .find("the requested build", |event| event["cause"] == "requested")
        .await;
}
