//! Upgrades that are granted, refused, or forged.

use tokio::io::AsyncWriteExt as _;

use crate::proxy::tests::app::App;
use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::wire::{Wire, code, field};
use crate::state::Phase;

const UPGRADE: &str = "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n";
const GRANTED: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Accept: y\r\n\r\n";

/// Opens a tunnel. Returns its ends.
pub(super) async fn tunnel(rig: &Rig, app: &App) -> (Wire, Wire) {
    let mut client = rig.send(UPGRADE).await;
    let (wire, _) = app.responds(GRANTED).await;
    assert_eq!(code(&client.head().await), 101);
    (client, wire)
}

#[tokio::test]
async fn a_granted_upgrade_is_a_tunnel_both_ways() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send(UPGRADE).await;
    let (mut wire, head) = app.responds(GRANTED).await;
    assert_eq!(field(&head, "connection"), Some("upgrade"));
    assert_eq!(field(&head, "upgrade"), Some("websocket"));
    let response = client.head().await;
    assert_eq!(code(&response), 101);
    assert_eq!(field(&response, "connection"), Some("upgrade"));
    assert_eq!(field(&response, "upgrade"), Some("WebSocket"));
    assert_eq!(field(&response, "sec-websocket-accept"), Some("y"));
    client.send("ping").await;
    assert_eq!(wire.bytes(4).await, "ping");
    wire.send("pong").await;
    assert_eq!(client.bytes(4).await, "pong");
    rig.has_pending(0).await;
}

#[tokio::test]
async fn frames_that_come_early_are_kept() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send(&format!("{UPGRADE}early")).await;
    let (mut wire, _) = app.responds(&format!("{GRANTED}first")).await;
    assert_eq!(wire.bytes(5).await, "early");
    client.head().await;
    assert_eq!(client.bytes(5).await, "first");
}

#[tokio::test]
async fn each_side_can_be_closed_while_the_other_goes_on() {
    let (rig, app) = Rig::ready().await;
    let (mut client, mut wire) = tunnel(&rig, &app).await;
    client.stream.shutdown().await.unwrap();
    assert_eq!(wire.rest().await, "");
    wire.send("still").await;
    assert_eq!(client.bytes(5).await, "still");
    drop(wire);
    assert_eq!(client.rest().await, "");

    let (mut client, mut wire) = tunnel(&rig, &app).await;
    wire.stream.shutdown().await.unwrap();
    assert_eq!(client.rest().await, "");
    client.send("still").await;
    assert_eq!(wire.bytes(5).await, "still");
}

#[tokio::test]
async fn a_tunnel_stays_open_while_the_next_app_is_built() {
    let (rig, app) = Rig::ready().await;
    let (mut client, mut wire) = tunnel(&rig, &app).await;
    rig.builds();
    client.send("ping").await;
    assert_eq!(wire.bytes(4).await, "ping");
}

#[tokio::test]
async fn a_websocket_whose_app_was_replaced_gets_a_close_frame() {
    let (rig, app) = Rig::ready().await;
    let (mut client, mut wire) = tunnel(&rig, &app).await;
    wire.send(b"\x81\x02hi").await;
    client.reads(b"\x81\x02hi").await;
    rig.builds();
    drop(wire);
    client.reads_to_end(&[0x88, 2, 0x03, 0xf4]).await;
}

#[tokio::test]
async fn a_websocket_that_was_closed_or_stops_within_a_frame_gets_no_close_frame() {
    let (rig, app) = Rig::ready().await;
    for last in [&b"\x88\x02\x03\xe9"[..], b"\x81\x02h"] {
        let (mut client, mut wire) = tunnel(&rig, &app).await;
        wire.send(last).await;
        rig.builds();
        drop(wire);
        client.reads_to_end(last).await;
        rig.becomes(Phase::ready_at(app.address));
    }
}

#[tokio::test]
async fn a_websocket_that_its_own_app_closes_gets_no_close_frame() {
    let (rig, app) = Rig::ready().await;
    let (mut client, wire) = tunnel(&rig, &app).await;
    drop(wire);
    client.reads_to_end(b"").await;
}

#[tokio::test]
async fn a_refused_upgrade_is_passed_on() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send(UPGRADE).await;
    app.responds("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
        .await;
    assert_eq!(code(&client.head().await), 403);
    assert_eq!(client.bytes(2).await, "no");
}

#[tokio::test]
async fn a_response_that_requires_an_upgrade_names_the_protocol() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    app.responds("HTTP/1.1 426 Upgrade Required\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n")
        .await;
    let head = client.head().await;
    assert_eq!(code(&head), 426);
    assert_eq!(field(&head, "upgrade"), Some("websocket"));
    assert_eq!(field(&head, "connection"), Some("upgrade"));
}

#[tokio::test]
async fn an_upgrade_that_was_not_requested_is_refused() {
    let (rig, app) = Rig::ready().await;
    for (request, response) in [
        ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", GRANTED),
        (
            "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\r\n",
            GRANTED,
        ),
        (
            UPGRADE,
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n",
        ),
        (UPGRADE, "HTTP/1.1 101 Switching Protocols\r\n\r\n"),
    ] {
        let mut client = rig.send(request).await;
        let (mut wire, _) = app
            .responds(&format!("{response}HTTP/1.1 200 OK\r\n\r\n"))
            .await;
        assert_eq!(code(&client.head().await), 502, "{response}");
        assert_eq!(wire.rest().await, "", "the app is let go");
    }
}

#[tokio::test]
async fn an_upgrade_to_h2c_is_removed() {
    let (rig, app) = Rig::ready().await;
    for (upgrade, left) in [("h2c", None), ("H2C, websocket", Some("websocket"))] {
        let _client = rig
            .send(&format!("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: {upgrade}\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"))
            .await;
        let (_, head) = app.request().await;
        assert_eq!(field(&head, "upgrade"), left);
        assert_eq!(field(&head, "http2-settings"), None);
    }
}
