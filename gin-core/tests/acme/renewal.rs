//! Certificates that are renewed while the server runs.

use std::sync::Arc;

use rustls::ClientConfig;
use tempfile::tempdir;
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::fixture::{LONG, Running, acme, get, socket};
use crate::pebble::{Pebble, Settings};

/// Returns the certificate that a new client gets.
async fn certificate(server: &Running, client: &Arc<ClientConfig>) -> Vec<u8> {
    // Without a session that could be resumed.
    let client = Arc::new(ClientConfig::clone(client));
    let stream = server.secured(&client, "example.com").await;
    let chain = stream
        .get_ref()
        .1
        .peer_certificates()
        .expect("it has sent one");
    chain[0].to_vec()
}

#[tokio::test]
async fn open_connections_outlive_a_renewal() {
    let (listener, port) = socket().await;
    let mut settings = Settings::new(port);
    settings.life = 12;
    let Some(pebble) = Pebble::start(settings).await else {
        return;
    };
    let cache = tempdir().unwrap();
    let server = Running::new(listener, acme(&pebble, &["example.com"], cache.path()));
    let client = pebble.client().await;
    let mut open = server.secured(&client, "example.com").await;
    let first = certificate(&server, &client).await;
    let renewed = async {
        while certificate(&server, &client).await == first {
            yield_now().await;
        }
    };
    timeout(LONG, renewed).await.expect("it is renewed");
    assert!(get(&mut open).await.ends_with("https"));
}
