//! Clients that dawdle. The clock is the test's: it leaps ahead whenever nothing else happens.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Duration, Instant};

use crate::proxy::tests::rig::Rig;

/// How long a connection stays open that has sent this.
async fn stays_open(rig: &Rig, octets: &str) -> Duration {
    let mut client = TcpStream::connect(rig.address).await.unwrap();
    client.write_all(octets.as_bytes()).await.unwrap();
    let start = Instant::now();
    let mut answer = Vec::new();
    let _ = client.read_to_end(&mut answer).await;
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_client_that_asks_nothing_is_let_go_after_ten_seconds() {
    let rig = Rig::start().await;
    for octets in ["", "G", "GET / HTTP/1.1\r\nHost: loc", "PRI * HTTP/2.0\r\n"] {
        let open = stays_open(&rig, octets).await;
        assert!((9..12).contains(&open.as_secs()), "{octets:?}: {open:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_may_idle_for_75_seconds() {
    let rig = Rig::start().await;
    rig.becomes(crate::state::Phase::Failed);
    let open = stays_open(&rig, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!((74..78).contains(&open.as_secs()), "{open:?}");
}
