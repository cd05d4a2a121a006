//! What is remembered of requests, who may see it, and requests sent again.

use serde_json::{Value, json};

use crate::proxy::tests::app::App;
use crate::proxy::tests::own::{body, post, token};
use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::wire::{Wire, code};
use crate::proxy::{Bodies, Permit};
use crate::state::{Cause, Phase};

pub(super) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// What our own page reads.
async fn read(rig: &Rig, path: &str) -> Value {
    let request = format!("GET /__gin/{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let mut client = rig.asks(&request).await;
    let head = client.head().await;
    assert_eq!(code(&head), 200, "{path}");
    serde_json::from_str(&body(&mut client, &head).await).unwrap()
}

/// The requests that are remembered, the newest first.
async fn requests(rig: &Rig) -> Vec<Value> {
    let mut told = read(rig, "requests").await;
    serde_json::from_value(told["requests"].take()).unwrap()
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

/// A client whose request the app has answered.
pub(super) async fn answered(rig: &Rig, app: &App, request: &str, answer: &str) -> Wire {
    let mut client = rig.asks(request).await;
    let (mut wire, head) = app.request().await;
    let length = super::wire::field(&head, "content-length");
    wire.octets(length.map_or(0, |length| length.parse().unwrap()))
        .await;
    wire.send(answer).await;
    client.until("ok").await;
    client
}

/// What is answered to a replay that our own page asks for.
async fn replays(rig: &Rig, what: &Value) -> (u16, Value) {
    let token = token(rig).await;
    let own = [
        ("Origin", "http://localhost"),
        ("X-Gin-Token", token.as_str()),
        ("Accept", "application/json"),
    ];
    let mut client = rig.asks(&post("replay", &own, &what.to_string())).await;
    let head = client.head().await;
    let answer = body(&mut client, &head).await;
    (code(&head), serde_json::from_str(&answer).unwrap())
}

#[tokio::test]
async fn a_request_is_remembered_with_its_answer_and_without_its_secrets() {
    let (rig, app) = Rig::ready().await;
    let request = "POST /login?token=hush&x=1 HTTP/1.1\r\nHost: localhost\r\nCookie: sid=hush; tz=hush\r\n\
                   Authorization: Bearer hush\r\nX-Api-Key: hush\r\nX-Other: shown\r\nContent-Length: 20\r\n\r\n\
                   user=a&password=hush";
    let answer =
        "HTTP/1.1 201 Created\r\nSet-Cookie: sid=hush; Path=/\r\nContent-Length: 2\r\n\r\nok";
    let _client = answered(&rig, &app, request, answer).await;
    let told = ended(&rig).await;
    for (member, expected) in [
        ("method", json!("POST")),
        ("target", json!("/login?token=••••••&x=1")),
        ("status", json!(201)),
        ("sent", json!(20)),
        ("received", json!(2)),
        ("whole", json!(true)),
        ("build", json!(1)),
    ] {
        assert_eq!(told[member], expected, "{member}");
    }
    for time in ["at_ms", "held_ms", "head_ms", "ms"] {
        assert!(told[time].is_u64(), "{time}");
    }
    let sent = told["request_headers"].to_string();
    assert!(
        sent.contains(r#"["cookie","sid=••••••; tz=••••••"]"#),
        "{sent}"
    );
    assert!(sent.contains(r#"["x-other","shown"]"#), "{sent}");
    let received = told["response_headers"].to_string();
    assert!(
        received.contains(r#"["set-cookie","sid=••••••; Path=/"]"#),
        "{received}"
    );
    assert!(!told.to_string().contains("hush"), "{told}");
    let whole = read(&rig, "requests/0").await;
    assert_eq!(whole["request"]["text"], "user=a&password=••••••");
    assert_eq!(whole["response"]["text"], "ok");
}

#[tokio::test]
async fn a_request_is_seen_while_it_waits_and_while_it_goes_on() {
    let rig = Rig::start().await;
    let client = rig
        .asks("GET /feed HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    rig.holds(1).await;
    let waiting = requests(&rig).await.swap_remove(0);
    assert_eq!(waiting["target"], "/feed");
    assert_eq!(
        (&waiting["status"], &waiting["held_ms"]),
        (&Value::Null, &Value::Null)
    );
    let app = App::listen().await;
    rig.becomes(Phase::Ready(app.address));
    let (_wire, _) = app
        .answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ntick\r\n")
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
    assert_eq!(ended(&rig).await["whole"], false);
}

#[tokio::test]
async fn what_the_proxy_answers_itself_is_remembered_and_its_own_pages_are_not() {
    let rig = Rig::start().await;
    rig.becomes(Phase::Failed);
    let head = rig
        .asks("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .head()
        .await;
    assert_eq!(code(&head), 500);
    read(&rig, "status").await;
    let told = requests(&rig).await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0]["status"], &told[0]["held_ms"]),
        (&json!(500), &Value::Null)
    );
}

#[tokio::test]
async fn memory_is_bounded() {
    let (rig, app) = Rig::ready().await;
    let large = "x".repeat(70_000);
    let request =
        format!("POST /large HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\n\r\n{large}");
    let _client = answered(&rig, &app, &request, OK).await;
    let told = read(&rig, "requests/0").await;
    assert_eq!(told["request"]["octets"], 70_000);
    assert_eq!(told["request"]["whole"], false);
    assert_eq!(told["request"]["text"].as_str().unwrap().len(), 65_536);
    rig.becomes(Phase::Failed);
    for _ in 0..100 {
        rig.asks("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .await
            .head()
            .await;
    }
    let told = requests(&rig).await;
    assert_eq!((told.len(), &told[99]["id"]), (100, &json!(1)));
    let forgotten = rig.asks("GET /__gin/requests/0 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(code(&forgotten.await.head().await), 404);
}

#[tokio::test]
async fn a_request_is_sent_again_as_it_was() {
    let (rig, app) = Rig::ready().await;
    let request = "POST /a?b=c HTTP/1.1\r\nHost: localhost\r\nCookie: sid=1\r\nContent-Length: 5\r\n\r\nhello";
    let _client = answered(&rig, &app, request, OK).await;
    let (status, problem) = replays(&rig, &json!({ "id": 0 })).await;
    assert_eq!(status, 409);
    assert!(problem["detail"].as_str().unwrap().contains("confirm"));
    assert!(app.is_alone().await);

    let confirmed = json!({ "id": 0, "confirm": true });
    let (replayed, ()) = tokio::join!(replays(&rig, &confirmed), async {
        let (mut wire, head) = app.request().await;
        assert!(head.starts_with("POST /a?b=c HTTP/1.1\r\n"), "{head}");
        assert!(head.to_lowercase().contains("cookie: sid=1\r\n"), "{head}");
        assert_eq!(wire.octets(5).await, "hello");
        wire.send("HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok")
            .await;
    });
    let (status, told) = replayed;
    assert_eq!((status, &told["id"]), (200, &json!(1)));
    assert_eq!(told["answer"]["status"], 202);
    assert_eq!(
        told["answer"]["body"],
        json!({ "octets": 2, "whole": true, "text": "ok" })
    );
    let second = ended(&rig).await;
    assert_eq!(second["status"], 202, "it is a request, too");
    assert_eq!(
        second["request_headers"],
        requests(&rig).await[1]["request_headers"]
    );
}

#[tokio::test]
async fn a_safe_request_is_sent_again_at_once() {
    let (rig, app) = Rig::ready().await;
    let _client = answered(&rig, &app, "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n", OK).await;
    let again = json!({ "id": 0 });
    let (replayed, _) = tokio::join!(replays(&rig, &again), app.answers(OK));
    assert_eq!(
        (replayed.0, &replayed.1["answer"]["status"]),
        (200, &json!(200))
    );
}

#[tokio::test]
async fn what_is_not_whole_is_not_sent_again() {
    let rig = Rig::start_recording(Bodies::Counted).await;
    let app = App::listen().await;
    rig.becomes(Phase::Ready(app.address));
    let request = "POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello";
    let _client = answered(&rig, &app, request, OK).await;
    let told = read(&rig, "requests/0").await;
    assert_eq!(
        told["request"],
        json!({ "octets": 5, "whole": false, "text": null })
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
async fn others_see_nothing_and_send_nothing() {
    let (rig, app) = Rig::ready().await;
    let _client = answered(&rig, &app, "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n", OK).await;
    for path in ["requests", "requests/0", "history"] {
        for field in [
            "Origin: http://evil.test",
            "Origin: null",
            "Sec-Fetch-Site: cross-site",
        ] {
            let request =
                format!("GET /__gin/{path} HTTP/1.1\r\nHost: localhost\r\n{field}\r\n\r\n");
            assert_eq!(
                code(&rig.asks(&request).await.head().await),
                403,
                "{path} {field}"
            );
        }
    }
    let foreign = post("replay", &[("Origin", "http://evil.test")], r#"{"id":0}"#);
    assert_eq!(code(&rig.asks(&foreign).await.head().await), 403);
    assert!(app.is_alone().await);

    let rig = Rig::start_permitting(Permit::Unexposed).await;
    for path in ["requests", "requests/0"] {
        let request = format!("GET /__gin/{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_eq!(code(&rig.asks(&request).await.head().await), 403, "{path}");
    }
    assert_eq!(replays(&rig, &json!({ "id": 0 })).await.0, 403);
}

#[tokio::test]
async fn the_history_tells_this_attempt_and_those_before() {
    let rig = Rig::start().await;
    rig.status.send_modify(|status| {
        let past = status.to_attempt();
        status.history.push(past);
        status.attempt = 2;
        status.cause = Cause::Requested;
        status.phase = Phase::Failed;
    });
    let told = read(&rig, "history").await;
    let attempt = |build, cause, phase| {
        json!({
            "build": build, "cause": cause, "phase": phase, "errors": 0, "warnings": 0,
            "timings": { "build_ms": null, "start_ms": null },
        })
    };
    let expected = [
        attempt(2, "requested", "failed"),
        attempt(1, "first build", "building"),
    ];
    assert_eq!(told["history"], json!(expected));
}
