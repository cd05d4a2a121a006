//! HTTP/2: requests that share a connection, and how long one is kept.

use std::time::Duration;

use gin::{Server, prelude::*};
use h2::client::{Builder, Connection, SendRequest};
use tokio::{net::TcpStream, sync::mpsc, time::timeout};

use crate::wire::{LONG, Running};

/// Longer than a busy machine takes to connect and ask.
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

/// A deadline for heads was taken for one of the whole download, as soon as the client said that it had room for more of it.
#[tokio::test]
async fn a_download_takes_as_long_as_its_client_wants_it_to() {
    let settings = |server: Server| server.header_read_timeout(SHORT).keep_alive_timeout(SHORT);
    let server = Running::with(app(), settings).await;
    let (mut client, connection) = connect(&server, 65_535).await;
    tokio::spawn(connection);
    let mut body = ask(&mut client, "GET", "http://a/big").await.into_body();
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
async fn a_client_that_never_has_room_for_a_response_is_cut_off() {
    let server = Running::with(app(), |server| server.write_timeout(SHORT)).await;
    for (window, path) in [(0, "http://a/"), (1_000, "http://a/big")] {
        let (mut client, connection) = connect(&server, window).await;
        let ended = tokio::spawn(connection);
        let _untaken = ask(&mut client, "GET", path).await;
        // Only a server that has not cut the client off keeps the connection open.
        let ended = timeout(LONG, ended).await.expect("the server closes");
        let _ = ended.expect("the client does not panic");
    }
}

#[tokio::test]
async fn an_idle_client_is_told_to_go_away() {
    let server = Running::with(app(), |server| server.keep_alive_timeout(SHORT)).await;
    let (mut client, connection) = connect(&server, 65_535).await;
    let closed = tokio::spawn(connection);
    ask(&mut client, "GET", "http://a/").await;
    let closed = timeout(LONG, closed).await.expect("the server closes");
    let _ = closed.expect("the client does not panic");
    let error = client.ready().await.expect_err("nothing more is asked");
    assert!(error.is_go_away() && error.is_remote(), "{error:?}");
}

#[tokio::test]
async fn a_ping_between_requests_does_not_begin_one() {
    let server = Running::with(app(), |server| server.header_read_timeout(SHORT)).await;
    let (mut client, mut connection) = connect(&server, 65_535).await;
    let mut pings = connection.ping_pong().expect("no one else has them");
    tokio::spawn(connection);
    ask(&mut client, "GET", "http://a/").await;
    let pong = pings.ping(h2::Ping::opaque()).await;
    pong.expect("the server answers");
    tokio::time::sleep(2 * SHORT).await;
    assert_eq!(ask(&mut client, "GET", "http://a/").await.status(), 200);
}

struct OnDrop(mpsc::UnboundedSender<()>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[tokio::test]
async fn a_stream_that_is_reset_cancels_its_handler_and_no_other() {
    let (told, mut waiter) = mpsc::unbounded_channel::<()>();
    let wait = async |State(told): State<mpsc::UnboundedSender<()>>| {
        told.send(()).expect("the test listens");
        let _on_drop = OnDrop(told);
        std::future::pending::<()>().await;
    };
    let server = Running::new(app().get("/wait", wait).state(told)).await;
    let (mut client, connection) = connect(&server, 65_535).await;
    tokio::spawn(connection);
    let sent = client.send_request(request("GET", "http://a/wait"), true);
    let (_response, mut stream) = sent.expect("it can be sent");
    waiter.recv().await.expect("the handler begins");
    stream.send_reset(h2::Reason::CANCEL);
    let dropped = timeout(LONG, waiter.recv()).await;
    dropped.expect("the handler ends").expect("the server runs");
    assert_eq!(ask(&mut client, "GET", "http://a/").await.status(), 200);
}

#[tokio::test]
async fn a_server_that_stops_lets_streams_end_and_closes() {
    let until_stop = async |cx: &mut Context| {
        cx.shutdown().requested().await;
        "told"
    };
    let mut server = Running::new(app().get("/until-stop", until_stop)).await;
    let (mut client, connection) = connect(&server, 65_535).await;
    let closed = tokio::spawn(connection);
    let (mut idle, connection) = connect(&server, 65_535).await;
    let idle_closed = tokio::spawn(connection);
    ask(&mut idle, "GET", "http://a/").await;
    let sent = client.send_request(request("GET", "http://a/until-stop"), true);
    let (response, _) = sent.expect("it can be sent");
    ask(&mut client, "GET", "http://a/").await;
    server.stop();
    let mut body = response.await.expect("it is answered").into_body();
    let octets = body.data().await.expect("there is a body");
    assert_eq!(octets.expect("it is whole"), "told");
    for closed in [closed, idle_closed] {
        let closed = timeout(LONG, closed).await.expect("the server closes");
        let closed = closed.expect("the client does not panic");
        closed.expect("the server says that it goes");
    }
    server.ended().await;
}
