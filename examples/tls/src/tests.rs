//! Clients that trust the certificate, over TCP and over UDP.

use std::net::SocketAddr;
use std::sync::Arc;

use gin::bytes::Buf;
use gin::http::Request;
use quinn::crypto::rustls::QuicClientConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;

use super::*;

/// Starts a server with a new certificate. Returns its address when it listens.
async fn start(certificates: &Path) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (started, has_started) = oneshot::channel();
    let server = server(certificates).unwrap();
    tokio::spawn(
        server
            .listen(listener)
            .on_start(async move || started.send(()).unwrap())
            .run(),
    );
    has_started.await.unwrap();
    address
}

fn trusting(certificates: &Path, protocol: &str) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(certificates.join("cert.pem")).unwrap())
        .unwrap();
    let mut client = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.alpn_protocols = vec![protocol.into()];
    client
}

#[tokio::test]
async fn a_client_over_tls_learns_of_http3() {
    let directory = tempfile::tempdir().unwrap();
    let address = start(directory.path()).await;
    let connector = TlsConnector::from(Arc::new(trusting(directory.path(), "http/1.1")));
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = connector.connect(name, stream).await.unwrap();
    let request = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    assert!(response.ends_with("HTTP/1.1 over https\n"), "{response}");
    assert!(
        response.contains(&format!("alt-svc: h3=\":{}\"", address.port())),
        "{response}"
    );
}

#[tokio::test]
async fn a_client_over_quic_speaks_http3() {
    let directory = tempfile::tempdir().unwrap();
    let address = start(directory.path()).await;
    let quic = QuicClientConfig::try_from(trusting(directory.path(), "h3")).unwrap();
    let mut endpoint = quinn::Endpoint::client(([127, 0, 0, 1], 0).into()).unwrap();
    endpoint.set_default_client_config(quinn::ClientConfig::new(Arc::new(quic)));
    let connection = endpoint
        .connect(address, "localhost")
        .unwrap()
        .await
        .unwrap();
    let (mut driver, mut requests) = h3::client::new(h3_quinn::Connection::new(connection))
        .await
        .unwrap();
    tokio::spawn(async move { std::future::poll_fn(|task| driver.poll_close(task)).await });

    let request = Request::get("https://localhost/").body(()).unwrap();
    let mut stream = requests.send_request(request).await.unwrap();
    stream.finish().await.unwrap();
    assert_eq!(stream.recv_response().await.unwrap().status(), 200);
    let mut body = stream.recv_data().await.unwrap().unwrap();
    let text = body.copy_to_bytes(body.remaining());
    assert_eq!(text, "HTTP/3.0 over https\n");
}
