//! The status, the events, the rebuild, and the routes of `/__gin/…`.

use crate::proxy::tests::recording::{OK, ended, exchange};
use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::wire::{Wire, code, field};
use crate::state::{Cause, Change, Event, Phase, Progress};

const STATUS: &str = "GET /__gin/status HTTP/1.1\r\nHost: localhost\r\n\r\n";
const EVENTS: &str = "GET /__gin/events HTTP/1.1\r\nHost: localhost\r\n\r\n";

pub(super) async fn body(client: &mut Wire, head: &str) -> String {
    let length = field(head, "content-length").unwrap().parse().unwrap();
    client.bytes(length).await
}

#[tokio::test]
async fn the_status_is_json_in_every_phase() {
    let rig = Rig::start().await;
    for (phase, name) in [
        (Phase::Building(Progress::default()), "building"),
        (Phase::Failed, "failed"),
        (Phase::Idle, "idle"),
        (Phase::Built, "built"),
        (Phase::ready_at("127.0.0.1:1".parse().unwrap()), "ready"),
    ] {
        rig.becomes(phase);
        let mut client = rig.send(STATUS).await;
        let head = client.head().await;
        assert_eq!(
            (code(&head), field(&head, "x-gin-phase")),
            (200, Some(name))
        );
        assert_eq!(field(&head, "content-type"), Some("application/json"));
        assert_eq!(field(&head, "cache-control"), Some("no-store"));
        assert_eq!(field(&head, "x-content-type-options"), Some("nosniff"));
        assert_eq!(
            field(&head, "cross-origin-resource-policy"),
            Some("same-origin")
        );
        assert_eq!(field(&head, "access-control-allow-origin"), None);
        let status: serde_json::Value =
            serde_json::from_str(&body(&mut client, &head).await).unwrap();
        assert_eq!(status["phase"], name);
        for member in ["headline", "detail"] {
            let text = status[member].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{name} has no {member}");
        }
    }
}

#[tokio::test]
async fn events_contain_the_phase_and_its_changes() {
    let rig = Rig::start().await;
    let mut client = rig.send(EVENTS).await;
    let head = client.head().await;
    assert_eq!(
        (code(&head), field(&head, "content-type")),
        (200, Some("text/event-stream"))
    );
    client.until("event: phase\ndata: {").await;
    client.until("\"phase\":\"building\"").await;
    rig.becomes(Phase::Building(Progress {
        done: 3,
        total: 7,
        ..Progress::default()
    }));
    client.until("event: progress\n").await;
    rig.becomes(Phase::Failed);
    client.until("event: phase\n").await;
    client.until("\"phase\":\"failed\"").await;
}

#[tokio::test]
async fn a_slow_client_of_events_gets_the_newest_state() {
    let rig = Rig::start().await;
    let mut client = rig.send(EVENTS).await;
    client.until("building").await;
    for done in 0..100_000 {
        rig.becomes(Phase::Building(Progress {
            done,
            total: 100_000,
            ..Progress::default()
        }));
    }
    rig.becomes(Phase::Failed);
    let missed = client.until("\"phase\":\"failed\"").await;
    assert!(missed.len() < 10_000, "{}", missed.len());
}

#[tokio::test]
async fn events_contain_the_files_that_need_no_build() {
    let rig = Rig::start().await;
    rig.saves("static/site.css");
    let mut late = rig.send(EVENTS).await;
    late.until("event: run\ndata: {\"run\":\"").await;
    late.until("event: css\ndata: {\"styles\":{\"static/site.css\":1}}\n\n")
        .await;
    late.until("event: phase\n").await;
    rig.saves("templates/index.html");
    late.until("event: reload\ndata: {\"path\":\"templates/index.html\",\"revision\":2}\n\n")
        .await;
}

#[tokio::test]
async fn events_announce_requests_but_not_each_one() {
    let (rig, app) = Rig::ready().await;
    let mut events = rig
        .send("GET /__gin/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    events.until("event: phase\n").await;
    for _ in 0..50 {
        let _client = exchange(&rig, &app, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", OK).await;
        ended(&rig).await;
    }
    // Each was received, got its response, and was completed.
    let sent = events
        .until("event: requests\ndata: {\"revision\":150}\n\n")
        .await;
    let times = sent.matches("event: requests").count();
    assert!(times < 50, "{times}");
}

#[tokio::test]
async fn an_event_stream_ends_cleanly_with_the_dev_server() {
    let rig = Rig::start().await;
    let mut client = rig.send(EVENTS).await;
    client.until("building").await;
    drop(rig.status);
    assert!(client.rest().await.ends_with("\r\n0\r\n\r\n"));
    rig.server.await.unwrap();
}

#[tokio::test]
async fn the_number_of_event_streams_is_limited() {
    let rig = Rig::start().await;
    let mut clients = Vec::new();
    for _ in 0..64 {
        let mut client = rig.send(EVENTS).await;
        client.until("building").await;
        clients.push(client);
    }
    let head = rig.send(EVENTS).await.head().await;
    assert_eq!((code(&head), field(&head, "retry-after")), (503, Some("1")));
}

#[tokio::test]
async fn only_known_endpoints_and_methods_are_served() {
    let rig = Rig::start().await;
    for (method, path, expected) in [
        ("GET", "/__gin/", 200),
        ("HEAD", "/__gin/", 200),
        ("GET", "/__gin", 308),
        ("GET", "/__gin/?x", 200),
        ("GET", "/__gin/phase", 200),
        ("POST", "/__gin/", 405),
        ("POST", "/__gin/phase", 405),
        ("GET", "/__gin/other", 404),
        ("GET", "/__gin//status", 404),
        ("GET", "/__gin/../secret", 404),
        ("GET", "/__gin/%2e%2e/secret", 404),
        ("POST", "/__gin/status", 405),
        ("OPTIONS", "/__gin/status", 405),
        ("OPTIONS", "/__gin/rebuild", 405),
        ("GET", "/__gin/rebuild", 405),
        ("GET", "/__gin/restart", 405),
        ("GET", "/__gin/fix", 405),
        ("GET", "/__gin/undo", 405),
        ("GET", "/__gin/open", 405),
    ] {
        let head = rig
            .send(&format!(
                "{method} {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"
            ))
            .await
            .head()
            .await;
        assert_eq!(code(&head), expected, "{method} {path}");
        assert_eq!(field(&head, "cache-control"), Some("no-store"));
        assert_eq!(field(&head, "x-gin-phase"), Some("building"));
        assert_eq!(field(&head, "allow").is_some(), expected == 405);
    }
}

#[tokio::test]
async fn the_proxy_s_own_page_can_request_a_rebuild_and_a_restart() {
    let mut rig = Rig::start().await;
    let token = token(&rig).await;
    let fields = [("Origin", "http://localhost"), ("X-Gin-Token", &*token)];
    for (endpoint, expected) in [
        ("rebuild", Change::requested()),
        ("restart", Change::restart(Cause::RestartRequested)),
    ] {
        let head = rig.send(&post(endpoint, &fields, "{}")).await.head().await;
        assert_eq!(code(&head), 202);
        match rig.events.recv().await.unwrap() {
            Event::Change(change) => assert_eq!(change, expected),
            event => panic!("it is a change, not {event:?}"),
        }
    }
}

#[tokio::test]
async fn no_other_site_or_program_can_request_a_rebuild() {
    let mut rig = Rig::start().await;
    let token = token(&rig).await;
    let token = token.as_str();
    let own = ("Origin", "http://localhost");
    for (fields, expected) in [
        (&[("X-Gin-Token", token)][..], 403),
        (&[own], 403),
        (&[own, ("X-Gin-Token", "")], 403),
        (&[own, ("X-Gin-Token", &token[1..])], 403),
        (&[("Origin", "null"), ("X-Gin-Token", token)], 403),
        (
            &[("Origin", "http://evil.test"), ("X-Gin-Token", token)],
            403,
        ),
        (
            &[("Origin", "http://127.0.0.1"), ("X-Gin-Token", token)],
            403,
        ),
        (
            &[("Origin", "http://localhost:5173"), ("X-Gin-Token", token)],
            403,
        ),
        (
            &[
                own,
                ("Sec-Fetch-Site", "cross-site"),
                ("X-Gin-Token", token),
            ],
            403,
        ),
        (
            &[own, ("Sec-Fetch-Site", "same-site"), ("X-Gin-Token", token)],
            403,
        ),
    ] {
        let head = rig.send(&rebuild(fields)).await.head().await;
        assert_eq!(code(&head), expected, "{fields:?}");
        assert_eq!(field(&head, "access-control-allow-origin"), None);
    }
    let form = rebuild(&[own, ("X-Gin-Token", token)]).replace("application/json", "text/plain");
    assert_eq!(code(&rig.send(&form).await.head().await), 415);
    assert!(rig.events.try_recv().is_err());
}

#[tokio::test]
async fn other_sites_cannot_read_the_status_or_events() {
    let rig = Rig::start().await;
    for path in ["status", "events"] {
        for field in [
            "Origin: http://evil.test",
            "Origin: null",
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Site: same-site",
        ] {
            let request = format!(
                "GET /__gin/{path} HTTP/1.1\r\nHost: localhost\r\n{field}\r\nConnection: close\r\n\r\n"
            );
            let response = rig.send(&request).await.rest().await;
            assert_eq!(code(&response), 403, "{path} {field}");
            assert!(
                !response.contains("hello") && !response.contains("x-gin-token"),
                "{response}"
            );
        }
    }
}

pub(super) async fn token(rig: &Rig) -> String {
    let head = rig.send(STATUS).await.head().await;
    field(&head, "x-gin-token").unwrap().to_owned()
}

fn rebuild(fields: &[(&str, &str)]) -> String {
    post("rebuild", fields, "{}")
}

pub(super) fn post(path: &str, fields: &[(&str, &str)], body: &str) -> String {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = body.len();
    let head = format!(
        "POST /__gin/{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    );
    format!(
        "{head}Content-Length: {length}\r\n{}\r\n{body}",
        fields.concat()
    )
}
