//! `tls`: HTTPS.

use std::sync::Arc;

use gin::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::running::Running;

#[tokio::test]
async fn a_server_speaks_https() {
    let app = Group::new("").get("/", async |cx: &mut Context| cx.scheme().to_owned());
    let server = Running::new(app, |server| server).await;
    let stream = TcpStream::connect(server.address)
        .await
        .expect("it listens");
    let name = "localhost".try_into().expect("it is a name");
    let connector = TlsConnector::from(Arc::new(server.client));
    let mut stream = connector
        .connect(name, stream)
        .await
        .expect("it has a certificate");
    let request = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.expect("it reads");
    let mut response = String::new();
    let read = stream.read_to_string(&mut response).await;
    read.expect("it ends with a response");
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    assert!(response.ends_with("\r\n\r\nhttps"), "{response}");
}
