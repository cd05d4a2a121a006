//! More clients than there are places for.

use crate::proxy::Capacity;
use crate::proxy::tests::app::App;
use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::wire::{Wire, code, field};

const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const STATUS: &str = "GET /__gin/status HTTP/1.1\r\nHost: localhost\r\n\r\n";
const UPGRADE: &str =
    "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
const GRANTED: &str =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

const FEW: Capacity = Capacity {
    clients: 2,
    spare: 1,
};

/// Takes all places with requests that the app does not respond to.
async fn fill(rig: &Rig, app: &App) -> Vec<(Wire, Wire)> {
    let mut open = Vec::new();
    for _ in 0..FEW.clients {
        let client = rig.send(GET).await;
        open.push((client, app.request().await.0));
    }
    open
}

#[tokio::test]
async fn a_client_without_a_place_is_turned_away_and_the_next_ones_as_well() {
    let (rig, app) = Rig::ready_within(FEW).await;
    let _open = fill(&rig, &app).await;
    for _ in 0..3 {
        let mut client = rig.send(GET).await;
        let head = client.head().await;
        assert_eq!(code(&head), 503, "{head}");
        assert_eq!(field(&head, "connection"), Some("close"), "{head}");
        assert_eq!(field(&head, "retry-after"), Some("1"), "{head}");
    }
}

#[tokio::test]
async fn the_proxy_s_own_pages_are_served_without_a_place() {
    let (rig, app) = Rig::ready_within(FEW).await;
    let _open = fill(&rig, &app).await;
    let head = rig.send(STATUS).await.head().await;
    assert_eq!(code(&head), 200, "{head}");
}

#[tokio::test]
async fn a_client_that_leaves_makes_room() {
    let (rig, app) = Rig::ready_within(FEW).await;
    let mut open = fill(&rig, &app).await;
    let (mut client, mut wire) = open.pop().expect("there are two");
    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        .await;
    assert_eq!(code(&client.head().await), 200);
    drop((client, wire));
    loop {
        let mut client = rig.send(GET).await;
        tokio::select! {
            head = client.head() => assert_eq!(code(&head), 503, "{head}"),
            _ = app.request() => break,
        }
    }
}

#[tokio::test]
async fn a_tunnel_keeps_both_places_until_it_ends() {
    let (rig, app) = Rig::ready_within(FEW).await;
    let mut tunnels = Vec::new();
    for _ in 0..FEW.clients {
        let mut client = rig.send(UPGRADE).await;
        let (wire, _) = app.responds(GRANTED).await;
        assert_eq!(code(&client.head().await), 101);
        tunnels.push((client, wire));
    }
    assert_eq!(code(&rig.send(GET).await.head().await), 503);
    tunnels.pop();
    loop {
        let mut client = rig.send(GET).await;
        tokio::select! {
            head = client.head() => assert_eq!(code(&head), 503, "{head}"),
            _ = app.request() => break,
        }
    }
}
