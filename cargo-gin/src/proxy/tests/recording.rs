//! Recorded requests, who may see them, and replays.

use serde_json::{Value, json};

use crate::proxy::tests::app::App;
use crate::proxy::tests::endpoints::{body, post, token};
use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::wire::{Wire, code};
use crate::proxy::{Bodies, Permit};
use crate::state::{Cause, ChangedFiles, Phase};

pub(super) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Reads JSON as the proxy's own pages do.
async fn read(rig: &Rig, path: &str) -> Value {
    let request = format!("GET /__gin/{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let mut client = rig.send(&request).await;
    let head = client.head().await;
    assert_eq!(code(&head), 200, "{path}");
    serde_json::from_str(&body(&mut client, &head).await).unwrap()
}

/// Returns the recorded requests, the newest first.
async fn requests(rig: &Rig) -> Vec<Value> {
    let mut shown = read(rig, "requests").await;
    serde_json::from_value(shown["requests"].take()).unwrap()
}

/// Waits until the newest request has ended.
pub(super) async fn ended(rig: &Rig) -> Value {
    loop {
        let newest = requests(rig).await.swap_remove(0);
        if !newest["ms"].is_null() {
            return newest;
        }
        tokio::task::yield_now().await;
    }
}

/// Returns a client that has sent a request and got the response of the app.
pub(super) async fn exchange(rig: &Rig, app: &App, request: &str, response: &str) -> Wire {
    let mut client = rig.send(request).await;
    let (mut wire, head) = app.request().await;
    let length = super::wire::field(&head, "content-length");
    wire.bytes(length.map_or(0, |length| length.parse().unwrap()))
        .await;
    wire.send(response).await;
    client.until("ok").await;
    client
}

/// Requests a replay as the proxy's own pages do, and returns the response.
async fn replays(rig: &Rig, what: &Value) -> (u16, Value) {
    let token = token(rig).await;
    let own = [
        ("Origin", "http://localhost"),
        ("X-Gin-Token", token.as_str()),
        ("Accept", "application/json"),
    ];
    let mut client = rig.send(&post("replay", &own, &what.to_string())).await;
    let head = client.head().await;
    let response = body(&mut client, &head).await;
    (code(&head), serde_json::from_str(&response).unwrap())
}

#[tokio::test]
async fn a_request_is_recorded_with_its_response_and_without_secrets() {
    let (rig, app) = Rig::ready().await;
    let request = "POST /login?token=hush&x=1 HTTP/1.1\r\nHost: localhost\r\nCookie: sid=hush; tz=hush\r\n\
                   Authorization: Bearer hush\r\nX-Api-Key: hush\r\nX-Other: shown\r\nContent-Length: 20\r\n\r\n\
                   user=a&password=hush";
    let response =
        "HTTP/1.1 201 Created\r\nSet-Cookie: sid=hush; Path=/\r\nContent-Length: 2\r\n\r\nok";
    let _client = exchange(&rig, &app, request, response).await;
    let shown = ended(&rig).await;
    for (member, expected) in [
        ("method", json!("POST")),
        ("target", json!("/login?token=••••••&x=1")),
        ("status", json!(201)),
        ("sent", json!(20)),
        ("received", json!(2)),
        ("complete", json!(true)),
        ("build", json!(1)),
    ] {
        assert_eq!(shown[member], expected, "{member}");
    }
    for time in ["at_ms", "held_ms", "head_ms", "ms"] {
        assert!(shown[time].is_u64(), "{time}");
    }
    let sent = shown["request_headers"].to_string();
    assert!(
        sent.contains(r#"["cookie","sid=••••••; tz=••••••"]"#),
        "{sent}"
    );
    assert!(sent.contains(r#"["x-other","shown"]"#), "{sent}");
    let received = shown["response_headers"].to_string();
    assert!(
        received.contains(r#"["set-cookie","sid=••••••; Path=/"]"#),
        "{received}"
    );
    assert!(!shown.to_string().contains("hush"), "{shown}");
    let whole = read(&rig, "requests/0").await;
    assert_eq!(whole["request"]["text"], "user=a&password=••••••");
    assert_eq!(whole["response"]["text"], "ok");
}

#[tokio::test]
async fn a_request_is_shown_while_it_is_held_and_while_it_goes_on() {
    let rig = Rig::start().await;
    let client = rig
        .send("GET /feed HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    rig.holds(1).await;
    let waiting = requests(&rig).await.swap_remove(0);
    assert_eq!(waiting["target"], "/feed");
    assert_eq!(
        (&waiting["status"], &waiting["held_ms"]),
        (&Value::Null, &Value::Null)
    );
    let app = App::listen().await;
    rig.becomes(Phase::ready_at(app.address));
    let (_wire, _) = app
        .responds("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ntick\r\n")
        .await;
    let mut client = client;
    client.until("tick").await;
    let going_on = requests(&rig).await.swap_remove(0);
    assert_eq!(
        (&going_on["status"], &going_on["received"]),
        (&json!(200), &json!(4))
    );
    assert_eq!(going_on["ms"], Value::Null);
    drop(client);
    assert_eq!(ended(&rig).await["complete"], false);
}

#[tokio::test]
async fn pages_in_place_of_the_app_are_recorded_and_endpoints_are_not() {
    let rig = Rig::start().await;
    rig.becomes(Phase::Failed);
    let head = rig
        .send("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .head()
        .await;
    assert_eq!(code(&head), 500);
    read(&rig, "status").await;
    let shown = requests(&rig).await;
    assert_eq!(shown.len(), 1);
    assert_eq!(
        (&shown[0]["status"], &shown[0]["held_ms"]),
        (&json!(500), &Value::Null)
    );
}

#[tokio::test]
async fn the_memory_for_records_is_limited() {
    let (rig, app) = Rig::ready().await;
    let large = "x".repeat(70_000);
    let request =
        format!("POST /large HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\n\r\n{large}");
    let _client = exchange(&rig, &app, &request, OK).await;
    let shown = read(&rig, "requests/0").await;
    assert_eq!(shown["request"]["bytes"], 70_000);
    assert_eq!(shown["request"]["complete"], false);
    assert_eq!(shown["request"]["text"].as_str().unwrap().len(), 65_536);
    rig.becomes(Phase::Failed);
    for _ in 0..100 {
        rig.send("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .await
            .head()
            .await;
    }
    let shown = requests(&rig).await;
    assert_eq!((shown.len(), &shown[99]["id"]), (100, &json!(1)));
    let forgotten = rig.send("GET /__gin/requests/0 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(code(&forgotten.await.head().await), 404);
}

#[tokio::test]
async fn a_request_is_replayed_as_it_was() {
    let (rig, app) = Rig::ready().await;
    let request = "POST /a?b=c HTTP/1.1\r\nHost: localhost\r\nCookie: sid=1\r\nContent-Length: 5\r\n\r\nhello";
    let _client = exchange(&rig, &app, request, OK).await;
    let (status, problem) = replays(&rig, &json!({ "id": 0 })).await;
    assert_eq!(status, 409);
    assert!(problem["detail"].as_str().unwrap().contains("confirm"));
    assert!(app.is_alone().await);

    let confirmed = json!({ "id": 0, "confirm": true });
    let (replayed, ()) = tokio::join!(replays(&rig, &confirmed), async {
        let (mut wire, head) = app.request().await;
        assert!(head.starts_with("POST /a?b=c HTTP/1.1\r\n"), "{head}");
        assert!(head.to_lowercase().contains("cookie: sid=1\r\n"), "{head}");
        assert_eq!(wire.bytes(5).await, "hello");
        wire.send("HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok")
            .await;
    });
    let (status, shown) = replayed;
    assert_eq!((status, &shown["id"]), (200, &json!(1)));
    assert_eq!(shown["answer"]["status"], 202);
    assert_eq!(
        shown["answer"]["body"],
        json!({ "bytes": 2, "complete": true, "text": "ok" })
    );
    let second = ended(&rig).await;
    assert_eq!(second["status"], 202, "it is a request, too");
    assert_eq!(
        second["request_headers"],
        requests(&rig).await[1]["request_headers"]
    );
}

#[tokio::test]
async fn a_safe_request_is_replayed_without_confirmation() {
    let (rig, app) = Rig::ready().await;
    let _client = exchange(&rig, &app, "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n", OK).await;
    let again = json!({ "id": 0 });
    let (replayed, _) = tokio::join!(replays(&rig, &again), app.responds(OK));
    assert_eq!(
        (replayed.0, &replayed.1["answer"]["status"]),
        (200, &json!(200))
    );
}

#[tokio::test]
async fn a_request_without_its_whole_body_is_not_replayed() {
    let rig = Rig::start_recording(Bodies::Counted).await;
    let app = App::listen().await;
    rig.becomes(Phase::ready_at(app.address));
    let request = "POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello";
    let _client = exchange(&rig, &app, request, OK).await;
    let shown = read(&rig, "requests/0").await;
    assert_eq!(
        shown["request"],
        json!({ "bytes": 5, "complete": false, "text": null })
    );
    for (what, expected) in [
        (json!({ "id": 0, "confirm": true }), 409),
        (json!({ "id": 9 }), 404),
        (json!({ "id": "0" }), 400),
        (json!({ "id": 0, "target": "/b" }), 400),
    ] {
        assert_eq!(replays(&rig, &what).await.0, expected, "{what}");
    }
    assert!(app.is_alone().await);
}

#[tokio::test]
async fn other_sites_cannot_see_or_replay_requests() {
    let (rig, app) = Rig::ready().await;
    let _client = exchange(&rig, &app, "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n", OK).await;
    for path in ["requests", "requests/0", "history"] {
        for field in [
            "Origin: http://evil.test",
            "Origin: null",
            "Sec-Fetch-Site: cross-site",
        ] {
            let request =
                format!("GET /__gin/{path} HTTP/1.1\r\nHost: localhost\r\n{field}\r\n\r\n");
            assert_eq!(
                code(&rig.send(&request).await.head().await),
                403,
                "{path} {field}"
            );
        }
    }
    let foreign = post("replay", &[("Origin", "http://evil.test")], r#"{"id":0}"#);
    assert_eq!(code(&rig.send(&foreign).await.head().await), 403);
    assert!(app.is_alone().await);

    let rig = Rig::start_permitting(Permit::Unexposed).await;
    for path in ["requests", "requests/0"] {
        let request = format!("GET /__gin/{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_eq!(code(&rig.send(&request).await.head().await), 403, "{path}");
    }
    assert_eq!(replays(&rig, &json!({ "id": 0 })).await.0, 403);
}

#[tokio::test]
async fn the_history_contains_this_attempt_and_the_earlier_ones() {
    let rig = Rig::start().await;
    rig.status.send_modify(|status| {
        let past = status.to_attempt();
        status.history.push(past);
        status.attempt = 2;
        let mut files = ChangedFiles::named("src/main.rs");
        files.merge(ChangedFiles::named("Cargo.toml"));
        status.cause = Cause::Changed(files);
        status.phase = Phase::Failed;
    });
    let shown = read(&rig, "history").await;
    let attempt = |build, cause, changed: &[&str], phase| {
        json!({
            "build": build, "cause": cause, "changed": changed, "phase": phase, "errors": 0, "warnings": 0,
            "timings": { "build_ms": null, "start_ms": null },
        })
    };
    let expected = [
        attempt(
            2,
            "Cargo.toml and 1 more",
            &["Cargo.toml", "src/main.rs"],
            "failed",
        ),
        attempt(1, "first build", &[], "building"),
    ];
    assert_eq!(shown["history"], json!(expected));
}
