//! HTTP/2: streams that share a connection, its timeouts and its shutdown.

use std::time::Duration;

use gin::Server;
use gin::prelude::*;
use h2::client::{Builder, Connection, SendRequest};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::wire::{LONG, Running, Stream};

/// Longer than a busy machine takes to connect and send a request.
const SHORT: Duration = Duration::from_millis(500);

fn app() -> Group {
    Group::new("")
        .get("/", async || "hello")
        .get("/hello/:name", async |Path(name): Path<String>| name)
        .get("/host", async |cx: &mut Context| {
            cx.host().unwrap_or("none").to_owned()
        })
        .get("/big", async || vec![b'x'; 4 << 20])
}

/// Connects with a window of `window` bytes for each stream.
async fn connect(server: &Running, window: u32) -> (SendRequest<Bytes>, Connection<Stream, Bytes>) {
    let stream = server.stream().await;
    Builder::new()
        .initial_window_size(window)
        .initial_connection_window_size(1 << 20)
        .handshake(stream)
        .await
        .expect("the server responds")
}

fn request(method: &str, uri: &str) -> http::Request<()> {
    let request = http::Request::builder().method(method).uri(uri).body(());
    request.expect("it is sound")
}

/// Sends a request without a body.
async fn send(
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
async fn a_client_with_prior_knowledge_speaks_http2() {
    let server = Running::new(app()).await;
    let (mut client, connection) = connect(&server, 65_535).await;
    tokio::spawn(connection);
    let response = send(&mut client, "GET", "http://a/hello/ann").await;
    assert_eq!(response.status(), 200);
    let bytes = response.into_body().data().await.expect("there is a body");
    assert_eq!(bytes.expect("it is whole"), "ann");
    let response = send(&mut client, "HEAD", "http://a/").await;
    assert_eq!(response.headers()["content-length"], "5");
    assert!(response.into_body().is_end_stream(), "HEAD has no body");
}

#[tokio::test]
async fn the_authority_is_the_host_and_must_be_valid() {
    let server = Running::new(app()).await;
    let (mut client, connection) = connect(&server, 65_535).await;
    tokio::spawn(connection);
    let response = send(&mut client, "GET", "http://a:81/host").await;
    let bytes = response.into_body().data().await.expect("there is a body");
    assert_eq!(bytes.expect("it is whole"), "a:81");
    for malformed in ["http://user@a/host", "http://a:99999/host"] {
        let response = send(&mut client, "GET", malformed).await;
        assert_eq!(response.status(), 400, "{malformed}");
    }
}

/// The head's timeout was applied to the whole download as soon as the client opened its window.
#[tokio::test]
async fn a_slow_download_is_not_timed_out() {
    let settings = |server: Server| server.header_read_timeout(SHORT).keep_alive_timeout(SHORT);
    let server = Running::with(app(), settings).await;
    let (mut client, connection) = connect(&server, 65_535).await;
    tokio::spawn(connection);
    let mut body = send(&mut client, "GET", "http://a/big").await.into_body();
    let first = body.data().await.expect("it begins").expect("it is whole");
    let mut room = body.flow_control().clone();
    room.release_capacity(first.len()).expect("it was taken");
    tokio::time::sleep(2 * SHORT).await;
    let mut length = first.len();
    while let Some(data) = body.data().await {
        let data = data.expect("the server goes on");
        length += data.len();
        room.release_capacity(data.len()).expect("it was taken");
    }
    assert_eq!(length, 4 << 20);
}

#[tokio::test]
async fn a_client_that_never_opens_its_window_is_disconnected() {
    let server = Running::with(app(), |server| server.write_timeout(SHORT)).await;
    for (window, path) in [(0, "http://a/"), (1_000, "http://a/big")] {
        let (mut client, connection) = connect(&server, window).await;
        let ended = tokio::spawn(connection);
        let _untaken = send(&mut client, "GET", path).await;
        // Only a server that has not disconnected the client keeps the connection open.
        let ended = timeout(LONG, ended).await.expect("the server closes");
        let _ = ended.expect("the client does not panic");
    }
}

#[tokio::test]
async fn an_idle_client_gets_a_goaway() {
    let server = Running::with(app(), |server| server.keep_alive_timeout(SHORT)).await;
    let (mut client, connection) = connect(&server, 65_535).await;
    let closed = tokio::spawn(connection);
    send(&mut client, "GET", "http://a/").await;
    let closed = timeout(LONG, closed).await.expect("the server closes");
    let _ = closed.expect("the client does not panic");
    let error = client.ready().await.expect_err("no more requests are sent");
    assert!(error.is_go_away() && error.is_remote(), "{error:?}");
}

#[tokio::test]
async fn a_ping_does_not_begin_a_request() {
    let server = Running::with(app(), |server| server.header_read_timeout(SHORT)).await;
    let (mut client, mut connection) = connect(&server, 65_535).await;
    let mut pings = connection.ping_pong().expect("no one else has them");
    tokio::spawn(connection);
    send(&mut client, "GET", "http://a/").await;
    let pong = pings.ping(h2::Ping::opaque()).await;
    pong.expect("the server responds");
    tokio::time::sleep(2 * SHORT).await;
    assert_eq!(send(&mut client, "GET", "http://a/").await.status(), 200);
}

struct OnDrop(mpsc::UnboundedSender<()>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[tokio::test]
async fn a_reset_stream_cancels_only_its_handler() {
    let (events, mut waiter) = mpsc::unbounded_channel::<()>();
    let wait = async |State(events): State<mpsc::UnboundedSender<()>>| {
        events.send(()).expect("the test listens");
        let _on_drop = OnDrop(events);
        std::future::pending::<()>().await;
    };
    let server = Running::new(app().get("/wait", wait).state(events)).await;
    let (mut client, connection) = connect(&server, 65_535).await;
    tokio::spawn(connection);
    let sent = client.send_request(request("GET", "http://a/wait"), true);
    let (_response, mut stream) = sent.expect("it can be sent");
    waiter.recv().await.expect("the handler begins");
    stream.send_reset(h2::Reason::CANCEL);
    let dropped = timeout(LONG, waiter.recv()).await;
    dropped.expect("the handler ends").expect("the server runs");
    assert_eq!(send(&mut client, "GET", "http://a/").await.status(), 200);
}

#[tokio::test]
async fn a_shutdown_waits_for_streams_and_closes_connections() {
    let until_shutdown = async |cx: &mut Context| {
        cx.shutdown().requested().await;
        "bye"
    };
    let mut server = Running::new(app().get("/until-shutdown", until_shutdown)).await;
    let (mut client, connection) = connect(&server, 65_535).await;
    let closed = tokio::spawn(connection);
    let (mut idle, connection) = connect(&server, 65_535).await;
    let idle_closed = tokio::spawn(connection);
    send(&mut idle, "GET", "http://a/").await;
    let sent = client.send_request(request("GET", "http://a/until-shutdown"), true);
    let (response, _) = sent.expect("it can be sent");
    send(&mut client, "GET", "http://a/").await;
    server.shut_down();
    let mut body = response.await.expect("it is answered").into_body();
    let bytes = body.data().await.expect("there is a body");
    assert_eq!(bytes.expect("it is whole"), "bye");
    for closed in [closed, idle_closed] {
        let closed = timeout(LONG, closed).await.expect("the server closes");
        let closed = closed.expect("the client does not panic");
        closed.expect("the server sends a GOAWAY");
    }
    server.ended().await;
}
