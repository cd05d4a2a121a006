//! `acme`: certificates on request.

use gin::prelude::*;
use gin::server::Listener;
use gin::tls::Acme;
use gin::{Engine, Server};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

/// The first byte of a TLS handshake (RFC 8446 §5.1).
const HANDSHAKE: u8 = 22;

#[tokio::test]
async fn a_server_calls_its_authority() {
    let authority = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = authority.local_addr().expect("it is bound");
    let cache = tempfile::tempdir().expect("there is room");
    let acme = Acme::new(["example.com"], cache.path())
        .directory(format!("https://{address}/directory"))
        .agree_to_terms();
    let listener = Listener::tcp("127.0.0.1:0").await.expect("a port is free");
    let engine = Engine::new(Group::new("")).expect("it is valid");
    let server = Server::new(engine).listen(listener).tls(acme);
    tokio::spawn(server.run());
    let (mut call, _) = authority.accept().await.expect("it calls");
    assert_eq!(call.read_u8().await.expect("it speaks first"), HANDSHAKE);
}
