//! `http3`: requests over QUIC.

use std::future::poll_fn;
use std::sync::Arc;

use bytes::Buf;
use gin::http::Request;
use gin::prelude::*;
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, Endpoint};

use crate::running::Running;

#[tokio::test]
async fn a_server_speaks_http3() {
    let app = Group::new("").get("/", async |cx: &mut Context| format!("{:?}", cx.version()));
    let server = Running::new(app, gin::Server::http3).await;
    let mut tls = server.client;
    tls.alpn_protocols = vec![b"h3".to_vec()];
    let quic = QuicClientConfig::try_from(tls).expect("it has TLS 1.3");
    let mut endpoint = Endpoint::client(([127, 0, 0, 1], 0).into()).expect("a port is free");
    endpoint.set_default_client_config(ClientConfig::new(Arc::new(quic)));
    let connecting = endpoint
        .connect(server.address, "localhost")
        .expect("it is a name");
    let connection = h3_quinn::Connection::new(connecting.await.expect("it listens"));
    let (mut driver, mut requests) = h3::client::new(connection).await.expect("it speaks HTTP/3");
    tokio::spawn(async move { poll_fn(|task| driver.poll_close(task)).await });
    let request = Request::get("https://localhost/")
        .body(())
        .expect("it is valid");
    let mut stream = requests.send_request(request).await.expect("it reads");
    stream.finish().await.expect("it reads");
    assert_eq!(
        stream.recv_response().await.expect("it responds").status(),
        200
    );
    let mut body = stream
        .recv_data()
        .await
        .expect("it responds")
        .expect("there is a body");
    let length = body.remaining();
    assert_eq!(body.copy_to_bytes(length), "HTTP/3.0");
}
