//! Handshakes: versions, protocols, resumption, and clients that misbehave.

use std::sync::Arc;
use std::time::Duration;

use rustls::{HandshakeKind, ProtocolVersion, version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::fixture::{Authority, LONG, Running, exchange};

#[tokio::test]
async fn both_versions_are_served_and_the_scheme_is_https() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let server = Running::new(authority.certificates("a"), |server| server).await;
    let versions = [
        (&version::TLS12, ProtocolVersion::TLSv1_2),
        (&version::TLS13, ProtocolVersion::TLSv1_3),
    ];
    for (version, expected) in versions {
        let client = Arc::new(authority.client(&[version], None));
        let mut stream = server.connect(&client, "localhost").await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(expected));
        let response = exchange(&mut stream, "/").await.unwrap();
        assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
        assert!(response.ends_with("\r\n\r\nhttps"), "{response}");
    }
    server.ended().await;
}

#[tokio::test]
async fn the_protocol_is_the_clients_choice() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let server = Running::new(authority.certificates("a"), |server| server).await;
    let mut client = authority.trusting();
    client.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let client = Arc::new(client);
    let stream = server.connect(&client, "localhost").await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (requests, connection) = h2::client::handshake(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let mut requests = requests.ready().await.unwrap();
    let request = http::Request::get("https://localhost/").body(()).unwrap();
    let (response, _) = requests.send_request(request, true).unwrap();
    let mut body = response.await.unwrap().into_body();
    assert_eq!(body.data().await.unwrap().unwrap(), "https");
    drop((requests, body));
    connection.await.unwrap().unwrap();
    server.ended().await;
}

#[tokio::test]
async fn a_session_is_resumed_in_both_versions() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let server = Running::new(authority.certificates("a"), |server| server).await;
    for version in [&version::TLS12, &version::TLS13] {
        let client = Arc::new(authority.client(&[version], None));
        server.get(&client, "/").await.unwrap();
        let stream = server.connect(&client, "localhost").await.unwrap();
        assert_eq!(
            stream.get_ref().1.handshake_kind(),
            Some(HandshakeKind::Resumed)
        );
    }
}

#[tokio::test]
async fn a_request_without_tls_gets_a_readable_400() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let server = Running::new(authority.certificates("a"), |server| server).await;
    let mut plain = TcpStream::connect(server.address).await.unwrap();
    let head = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
    plain.write_all(head).await.unwrap();
    let mut response = String::new();
    plain.read_to_string(&mut response).await.unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
    assert_eq!(body, "This port speaks HTTPS. Use a URL with https://.\n");
    assert!(head.contains(&format!("content-length: {}", body.len())));
}

#[tokio::test]
async fn a_stalled_handshake_is_disconnected() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let time = Duration::from_millis(100);
    let certificates = authority.certificates("a");
    let server = Running::new(certificates, |server| server.header_read_timeout(time)).await;
    for begun in [&b""[..], &[22, 3, 1]] {
        let mut stalled = TcpStream::connect(server.address).await.unwrap();
        // The server may have closed the connection already, and a reset is as good as an end.
        let _ = stalled.write_all(begun).await;
        let mut response = Vec::new();
        let end = timeout(LONG, stalled.read_to_end(&mut response)).await;
        let _ = end.expect("the server closes");
    }
}

#[tokio::test]
async fn shutdown_ends_handshakes_and_waits_for_responses() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let mut server = Running::new(authority.certificates("a"), |server| server).await;
    let client = Arc::new(authority.trusting());
    let mut stream = server.connect(&client, "localhost").await.unwrap();
    let head = b"GET /until-shutdown HTTP/1.1\r\nhost: localhost\r\n\r\n";
    stream.write_all(head).await.unwrap();
    let mut response = Vec::new();
    while !response.ends_with(b"begun\r\n") {
        assert_ne!(stream.read_buf(&mut response).await.unwrap(), 0);
    }
    let mut stalled = TcpStream::connect(server.address).await.unwrap();
    stalled.write_all(&[22, 3, 1]).await.unwrap();
    server.shut_down();
    stream.read_to_end(&mut response).await.unwrap();
    assert!(response.ends_with(b"ended\r\n0\r\n\r\n"));
    let _ = stalled.read_to_end(&mut Vec::new()).await;
    server.ended().await;
}
