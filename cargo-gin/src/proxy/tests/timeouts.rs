//! Slow clients. The clock is paused: it advances whenever nothing else happens.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Duration, Instant, sleep};

use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::upgrades::tunnel;

/// Returns how long a connection stays open on which these bytes were sent.
async fn stays_open(rig: &Rig, bytes: &str) -> Duration {
    let mut client = TcpStream::connect(rig.address).await.unwrap();
    client.write_all(bytes.as_bytes()).await.unwrap();
    let start = Instant::now();
    let mut response = Vec::new();
    let _ = client.read_to_end(&mut response).await;
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_client_without_a_request_is_disconnected_after_ten_seconds() {
    let rig = Rig::start().await;
    for bytes in ["", "G", "GET / HTTP/1.1\r\nHost: loc", "PRI * HTTP/2.0\r\n"] {
        let open = stays_open(&rig, bytes).await;
        assert!((9..12).contains(&open.as_secs()), "{bytes:?}: {open:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_may_idle_for_75_seconds() {
    let rig = Rig::start().await;
    rig.becomes(crate::state::Phase::Failed);
    let open = stays_open(&rig, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!((74..78).contains(&open.as_secs()), "{open:?}");
}

#[tokio::test(start_paused = true)]
async fn a_tunnel_may_idle_for_a_day() {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let (rig, app) = Rig::ready().await;
    let (mut client, mut wire) = tunnel(&rig, &app).await;
    for (sent, returned) in [("ping", "pong"), ("again", "still here")] {
        sleep(DAY).await;
        client.send(sent).await;
        assert_eq!(wire.bytes(sent.len()).await, sent);
        wire.send(returned).await;
        assert_eq!(client.bytes(returned.len()).await, returned);
    }
}
