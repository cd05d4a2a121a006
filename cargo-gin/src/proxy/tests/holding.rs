//! Requests that are held, and the responses that they get in the end.

use std::time::{Duration, Instant};

use crate::proxy::forwarding::Room;
use crate::proxy::tests::app::App;
use crate::proxy::tests::rig::{Rig, crashed, starting};
use crate::proxy::tests::wire::{PATIENCE, code, field};
use crate::state::{Freshness, Phase, Progress};

const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const NAVIGATION: &str = "GET / HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Mode: navigate\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn a_request_during_a_build_is_served_by_the_new_app() {
    let (rig, app) = (Rig::start().await, App::listen().await);
    let mut client = rig.send(GET).await;
    rig.holds(1).await;
    rig.becomes(starting());
    rig.becomes(Phase::ready_at(app.address));
    app.responds(OK).await;
    assert_eq!(code(&client.head().await), 200);
    rig.holds(0).await;
}

#[tokio::test]
async fn a_held_body_reaches_the_app_whole() {
    let (rig, app) = (Rig::start().await, App::listen().await);
    let mut client = rig
        .send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\nhello ")
        .await;
    rig.holds(1).await;
    client.send("world").await;
    rig.becomes(Phase::ready_at(app.address));
    let (mut wire, _) = app.request().await;
    assert_eq!(wire.bytes(11).await, "hello world");
    wire.send(OK).await;
    assert_eq!(code(&client.head().await), 200);
}

#[tokio::test]
async fn a_held_request_gets_the_diagnostics_when_the_build_fails() {
    let rig = Rig::start().await;
    let mut client = rig.send(GET).await;
    rig.holds(1).await;
    rig.becomes(Phase::Failed);
    let head = client.head().await;
    assert_eq!(
        (code(&head), field(&head, "x-gin-phase")),
        (500, Some("failed"))
    );
    assert_eq!(field(&head, "cache-control"), Some("no-store"));
}

#[tokio::test]
async fn a_crash_is_shown_at_once() {
    let rig = Rig::start().await;
    rig.becomes(crashed(101));
    let head = rig.send(GET).await.head().await;
    assert_eq!(
        (code(&head), field(&head, "x-gin-phase")),
        (502, Some("crashed"))
    );
}

#[tokio::test]
async fn a_navigation_gets_the_building_page_after_a_second() {
    let rig = Rig::start().await;
    let start = Instant::now();
    let head = rig.send(NAVIGATION).await.head().await;
    let waited = start.elapsed();
    assert_eq!(
        (code(&head), field(&head, "x-gin-phase")),
        (503, Some("building"))
    );
    assert!(field(&head, "retry-after").is_some(), "{head}");
    assert!(
        waited >= Duration::from_secs(1) && waited < PATIENCE,
        "{waited:?}"
    );
}

#[tokio::test]
async fn any_other_request_is_held_for_the_timeout() {
    let rig = Rig::start_holding(Duration::from_millis(200)).await;
    let start = Instant::now();
    let head = rig.send(GET).await.head().await;
    assert_eq!(
        (code(&head), field(&head, "retry-after").is_some()),
        (503, true)
    );
    assert!(start.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_request_beyond_the_limit_of_held_ones_gets_503() {
    let (rig, app) = (Rig::start().await, App::listen().await);
    let mut clients = Vec::new();
    for _ in 0..Rig::HELD {
        clients.push(rig.send(GET).await);
    }
    rig.holds(Rig::HELD).await;
    let head = rig.send(GET).await.head().await;
    assert_eq!((code(&head), field(&head, "retry-after")), (503, Some("1")));
    rig.becomes(Phase::ready_at(app.address));
    for _ in 0..Rig::HELD {
        app.responds(OK).await;
    }
    for client in &mut clients {
        assert_eq!(code(&client.head().await), 200);
    }
}

#[tokio::test]
async fn a_long_head_takes_more_of_the_room_for_held_requests() {
    let rig = Rig::start().await;
    let cookie = format!("\r\nCookie: {}\r\n\r\n", "x".repeat(60_000));
    let long = GET.replace("\r\n\r\n", &cookie);
    let most = Rig::HELD * (Room::LEAST + 1024) / (Room::LEAST + long.len());
    let mut clients = Vec::new();
    for _ in 0..most {
        clients.push(rig.send(&long).await);
    }
    rig.holds(most).await;
    let head = rig.send(&long).await.head().await;
    assert_eq!(code(&head), 503);
    drop(clients.pop());
    rig.holds(most - 1).await;
    clients.push(rig.send(GET).await);
    rig.holds(most).await;
}

#[tokio::test]
async fn a_client_that_disconnects_is_no_longer_held() {
    let (rig, app) = (Rig::start().await, App::listen().await);
    for request in [
        GET,
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhi",
    ] {
        let client = rig.send(request).await;
        rig.holds(1).await;
        drop(client);
        rig.holds(0).await;
    }
    rig.becomes(Phase::ready_at(app.address));
    assert!(app.is_alone().await);
}

#[tokio::test]
async fn a_held_request_is_demand_for_a_lazy_app() {
    let (rig, app) = (Rig::start().await, App::listen().await);
    rig.becomes(Phase::Idle);
    let mut client = rig.send(GET).await;
    rig.holds(1).await;
    rig.becomes(Phase::ready_at(app.address));
    app.responds(OK).await;
    assert_eq!(code(&client.head().await), 200);
}

#[tokio::test]
async fn a_request_after_a_save_never_reaches_the_old_app() {
    let (fresh, mut barriers) = Freshness::channel();
    let rig = Rig::start_with(PATIENCE, fresh).await;
    let (old, new) = (App::listen().await, App::listen().await);
    rig.becomes(Phase::ready_at(old.address));
    let mut client = rig.send(GET).await;
    let barrier = barriers.recv().await.unwrap();
    rig.builds();
    barrier.send(()).unwrap();
    rig.holds(1).await;
    rig.becomes(Phase::ready_at(new.address));
    new.responds(OK).await;
    assert_eq!(code(&client.head().await), 200);
    assert!(old.is_alone().await);
}

#[tokio::test]
async fn a_request_is_pending_until_its_response_begins() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send(GET).await;
    let (mut wire, _) = app.request().await;
    rig.has_pending(1).await;
    wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await;
    client.head().await;
    rig.has_pending(0).await;
}

#[tokio::test]
async fn an_app_without_pending_requests_can_be_stopped() {
    let (rig, app) = Rig::ready().await;
    let mut clients = Vec::new();
    for _ in 0..20 {
        clients.push(rig.send(GET).await);
    }
    for _ in 0..20 {
        app.responds(OK).await;
    }
    rig.becomes(Phase::Building(Progress::default()));
    rig.has_pending(0).await;
    drop(app);
    for client in &mut clients {
        assert_eq!(code(&client.head().await), 200);
    }
}

#[tokio::test]
async fn held_requests_end_with_the_dev_server() {
    let rig = Rig::start().await;
    let mut client = rig.send(GET).await;
    rig.holds(1).await;
    drop(rig.status);
    assert_eq!(code(&client.head().await), 503);
    client.rest().await;
    rig.server.await.unwrap();
}

#[tokio::test]
async fn pages_learn_that_the_app_is_ready_after_the_responses_to_held_requests() {
    const READY: &str = "\"phase\":\"ready\"";
    const POST: &str = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
    // The app's own event stream is open all the time and keeps nobody waiting.
    const STREAM: &str = "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";
    let (rig, app) = (Rig::start().await, App::listen().await);
    let mut events = rig
        .send("GET /__gin/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    events.until("\"phase\":\"building\"").await;
    let mut client = rig.send(POST).await;
    rig.holds(1).await;
    rig.becomes(Phase::ready_at(app.address));
    let (mut wire, _) = app.request().await;
    let _stream = rig.send(STREAM).await;
    let (_open, _) = app.request().await;
    let before = events.until("{\"revision\":2}").await;
    assert!(!before.contains(READY), "{before}");
    wire.send(OK).await;
    assert_eq!(code(&client.head().await), 200);
    events.until(READY).await;
}
