//! HTTP/2: requests that share a connection.

use gin::prelude::*;
use h2::client::{Builder, Connection, SendRequest};
use tokio::{net::TcpStream, time::timeout};

use crate::wire::{LONG, Running};

fn app() -> Group {
    Group::new("")
        .get("/", async || "hello")
        .get("/hello/:name", async |Path(name): Path<String>| name)
        .get("/host", async |cx: &mut Context| {
            cx.host().unwrap_or("none").to_owned()
        })
}

/// One connection, in whose streams there is room for `window` octets at a time.
async fn connect(
    server: &Running,
    window: u32,
) -> (SendRequest<Bytes>, Connection<TcpStream, Bytes>) {
    let stream = TcpStream::connect(server.address).await;
    Builder::new()
        .initial_window_size(window)
        .initial_connection_window_size(1 << 20)
        .handshake(stream.expect("the server listens"))
        .await
        .expect("the server answers")
}

fn request(method: &str, uri: &str) -> http::Request<()> {
    let request = http::Request::builder().method(method).uri(uri).body(());
    request.expect("it is sound")
}

/// The response to a request without a body.
async fn ask(
    client: &mut SendRequest<Bytes>,
    method: &str,
    uri: &str,
) -> http::Response<h2::RecvStream> {
    let sent = client.send_request(request(method, uri), true);
    let (response, _) = sent.expect("it can be sent");
    let response = timeout(LONG, response).await.expect("it is answered");
    response.expect("it is whole")
}

#[tokio::test]
async fn http2_is_spoken_to_who_speaks_it() {
    let server = Running::new(app()).await;
    let (mut client, connection) = connect(&server, 65_535).await;
    tokio::spawn(connection);
    let response = ask(&mut client, "GET", "http://a/hello/ann").await;
    assert_eq!(response.status(), 200);
    let octets = response.into_body().data().await.expect("there is a body");
    assert_eq!(octets.expect("it is whole"), "ann");
    let response = ask(&mut client, "HEAD", "http://a/").await;
    assert_eq!(response.headers()["content-length"], "5");
    assert!(response.into_body().is_end_stream(), "HEAD has no body");
}

#[tokio::test]
async fn the_authority_is_the_host_and_must_be_one() {
    let server = Running::new(app()).await;
    let (mut client, connection) = connect(&server, 65_535).await;
    tokio::spawn(connection);
    let response = ask(&mut client, "GET", "http://a:81/host").await;
    let octets = response.into_body().data().await.expect("there is a body");
    assert_eq!(octets.expect("it is whole"), "a:81");
    for malformed in ["http://user@a/host", "http://a:99999/host"] {
        let response = ask(&mut client, "GET", malformed).await;
        assert_eq!(response.status(), 400, "{malformed}");
    }
}
