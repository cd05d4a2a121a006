//! Clients that connect and never complete the handshake.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::fixture::{Authority, Running, status};

#[tokio::test]
async fn silent_clients_take_no_places_of_others() {
    const MOST: usize = 20;
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let server = Running::new(authority.certificates("a"), |server| {
        // Without the bound, nothing else would ever end them.
        let server = server.header_read_timeout(Duration::MAX);
        server.max_handshakes(MOST)
    });
    let server = server.await;
    let mut silent = Vec::new();
    for index in 0..2 * MOST {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        if index % 2 == 0 {
            stream.write_all(&[22, 3, 1]).await.unwrap();
        }
        silent.push(stream);
    }
    let client = Arc::new(authority.trusting());
    for _ in 0..3 {
        let response = server.get(&client, "/").await.unwrap();
        assert_eq!(status(&response), "200");
    }
    // The oldest made room.
    for stream in silent.iter_mut().take(MOST) {
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }
    server.ended().await;
}

#[tokio::test]
async fn clients_that_reconnect_all_at_once_are_all_served() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let certificates = authority.certificates("a");
    let server = Arc::new(Running::new(certificates, |server| server.max_handshakes(2)).await);
    let client = Arc::new(authority.trusting());
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let (server, client) = (server.clone(), client.clone());
        clients.spawn(async move { server.get(&client, "/").await });
    }
    for response in clients.join_all().await {
        assert_eq!(status(&response.unwrap()), "200");
    }
}

/// A handshake that is complete gives its place back.
#[tokio::test]
async fn open_connections_count_no_longer() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let certificates = authority.certificates("a");
    let server = Running::new(certificates, |server| server.max_handshakes(1)).await;
    let client = Arc::new(authority.trusting());
    let mut open = Vec::new();
    for _ in 0..5 {
        open.push(server.connect(&client, "localhost").await.unwrap());
    }
    for stream in &mut open {
        let response = crate::fixture::exchange(stream, "/").await.unwrap();
        assert_eq!(status(&response), "200");
    }
}
