//! The limits and timeouts of a server, each with a client that does not keep to it.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use gin::prelude::*;
use http::Request;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::fixture::{Client, Running, close_code, in_time, receive, reset_code, url};

const NO_ERROR: u64 = 0x100;
const INTERNAL_ERROR: u64 = 0x102;
const EXCESSIVE_LOAD: u64 = 0x107;
const REQUEST_CANCELLED: u64 = 0x10c;

/// A timeout that is waited for. A handshake on a slow machine may take longer, and is then begun again.
const SHORT: Duration = Duration::from_millis(100);

/// Polls a future once. Returns its output if it is complete.
async fn poll_once<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|task| {
        Poll::Ready(match future.as_mut().poll(task) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    })
    .await
}

fn app() -> Group {
    Group::new("")
        .get("/", async || "home")
        .post("/", async |body: Bytes| body)
}

#[tokio::test]
async fn heads_that_are_too_large_are_problems() {
    let server = Running::with(app(), |server| {
        server
            .max_header_size(2_000)
            .max_headers(20)
            .max_uri_size(100)
    })
    .await;
    let mut client = server.connect().await;
    let long = "x".repeat(1_990);
    let large = Request::get(url("/")).header("a", &long);
    let many = (0..21).fold(Request::get(url("/")), |request, number| {
        request.header(format!("a{number}"), "x")
    });
    let path = Request::get(url(&format!("/{}", "x".repeat(100))));
    for (request, status) in [(large, 431), (many, 431), (path, 414)] {
        let request = request.body(Bytes::new()).unwrap();
        let response = client.send(request).await.unwrap();
        assert_eq!(response.status(), status);
        assert!(!response.body.is_empty());
    }
    assert_eq!(client.get("/").await.status(), 200);
    server.ended().await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_a_problem() {
    let server = Running::new(app().body_limit(10)).await;
    let mut client = server.connect().await;
    for is_announced in [true, false] {
        let mut request = Request::post(url("/"));
        if is_announced {
            request = request.header("content-length", "11");
        }
        let request = request.body(Bytes::from("hello world")).unwrap();
        let response = client.send(request).await.unwrap();
        assert_eq!(response.status(), 413);
    }
    server.ended().await;
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_a_problem() {
    let grace = Duration::from_millis(50);
    let server = Running::with(app(), |server| server.min_body_rate(240, grace)).await;
    let mut client = server.connect().await;
    let head = Request::post(url("/")).body(()).unwrap();
    let mut stream = client.begin(head).await;
    // The server may have responded already, and wants no more.
    let _ = stream.send_data(Bytes::from("a part")).await;
    let response = receive(stream).await.unwrap();
    assert_eq!(response.status(), 408);
    assert_eq!(response.header("connection"), None);
    server.ended().await;
}

/// A request that has begun keeps its connection open, however short the timeout of a head is.
#[tokio::test]
async fn a_head_that_does_not_come_is_reset() {
    let (begun_tx, mut begun) = mpsc::unbounded_channel::<()>();
    let wait = async |State(begun): State<mpsc::UnboundedSender<()>>| {
        begun.send(()).unwrap();
        std::future::pending::<()>().await;
    };
    let app = app().state(begun_tx).get("/wait", wait);
    let server = Running::with(app, |server| server.header_read_timeout(SHORT)).await;
    let connection = in_time(async {
        loop {
            let connection = server.connection_in_the_end().await;
            // A server whose client is late has closed the connection.
            if let Ok((mut send, recv)) = connection.open_bi().await
                && send.write_all(&wait_request()).await.is_ok()
                && begins(&mut begun, &connection).await
            {
                return (connection, send, recv);
            }
        }
    });
    let (connection, _send, _recv) = connection.await;
    let (mut send, mut recv) = connection.open_bi().await.unwrap();
    // The start of a `HEADERS` frame.
    send.write_all(&[1, 9]).await.unwrap();
    let error = in_time(recv.read_to_end(1)).await.unwrap_err();
    assert!(
        error.to_string().contains(&INTERNAL_ERROR.to_string()),
        "{error}"
    );
}

/// The frame of the head of `GET https://a/wait` (RFC 9204 appendix A).
fn wait_request() -> Vec<u8> {
    let fields = b"\xd1\xd7\x50\x01a\x51\x05/wait";
    let length = u8::try_from(fields.len() + 2).expect("it is small");
    [&[1, length, 0, 0], &fields[..]].concat()
}

/// Returns `true` when a handler has begun, and `false` if the connection has ended before.
async fn begins(begun: &mut mpsc::UnboundedReceiver<()>, connection: &quinn::Connection) -> bool {
    tokio::select! {
        begun = begun.recv() => begun.is_some(),
        _ = connection.closed() => false,
    }
}

#[tokio::test]
async fn a_client_that_sends_nothing_is_disconnected() {
    let server = Running::with(app(), |server| server.header_read_timeout(SHORT)).await;
    let connection = server.connection_in_the_end().await;
    let closed = in_time(connection.closed()).await;
    assert_eq!(close_code(&closed), Some(NO_ERROR), "{closed}");
    server.ended().await;
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let (home_tx, mut visits) = mpsc::unbounded_channel::<()>();
    let home = async |State(home): State<mpsc::UnboundedSender<()>>| home.send(()).unwrap();
    let app = Group::new("").state(home_tx).get("/", home);
    let server = Running::with(app, |server| server.keep_alive_timeout(SHORT)).await;
    let mut client = server.connect().await;
    let mut stream = client.begin(Request::get(url("/")).body(()).unwrap()).await;
    stream.finish().await.unwrap();
    // A client that is late finds the connection closed behind its response.
    assert_eq!(close_code(&client.ended().await), Some(NO_ERROR));
    assert!(visits.try_recv().is_ok());
    server.ended().await;
}

#[tokio::test]
async fn a_response_of_which_nothing_is_taken_is_reset_while_others_go_on() {
    let (dropped_tx, mut dropped) = mpsc::unbounded_channel::<()>();
    let endless = async |State(held): State<mpsc::UnboundedSender<()>>| {
        Body::from_writer(async move |mut out| {
            let _on_drop = OnDrop(held);
            loop {
                out.send(vec![0; 64 << 10]).await;
            }
        })
    };
    let app = app().state(dropped_tx).get("/endless", endless);
    let time = Duration::from_millis(200);
    let server = Running::with(app, |server| server.write_timeout(time)).await;
    let mut client = server.connect().await;
    let head = Request::get(url("/endless")).body(()).unwrap();
    let mut stream = client.begin(head).await;
    stream.finish().await.unwrap();
    in_time(dropped.recv()).await.unwrap();
    let error = receive(stream).await.unwrap_err();
    assert_eq!(reset_code(&error), Some(REQUEST_CANCELLED), "{error}");
    assert_eq!(client.get("/").await.text(), "home");
    server.ended().await;
}

struct OnDrop(mpsc::UnboundedSender<()>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[tokio::test]
async fn a_client_that_allows_no_streams_is_disconnected() {
    let server = Running::with(app(), |server| server.header_read_timeout(SHORT)).await;
    let mut transport = quinn::TransportConfig::default();
    transport.max_concurrent_uni_streams(0_u32.into());
    let mut settings = server.client_settings();
    settings.transport_config(std::sync::Arc::new(transport));
    let connection = server.connection_in_the_end_with(settings).await;
    in_time(connection.closed()).await;
    server.ended().await;
}

#[tokio::test]
async fn a_frame_that_is_too_large_closes_the_connection() {
    let server = Running::new(app()).await;
    let connection = server.connection().await;
    let (mut send, _recv) = connection.open_bi().await.unwrap();
    // A `HEADERS` frame of a gigabyte.
    send.write_all(&[1, 0xc0, 0, 0, 0, 0x40, 0, 0, 0])
        .await
        .unwrap();
    let closed = in_time(connection.closed()).await;
    assert_eq!(close_code(&closed), Some(EXCESSIVE_LOAD), "{closed}");
    let control = server.connection().await;
    let mut send = control.open_uni().await.unwrap();
    send.write_all(&[0, 4, 0xc0, 0, 0, 0, 0x40, 0, 0, 0])
        .await
        .unwrap();
    let closed = in_time(control.closed()).await;
    assert_eq!(close_code(&closed), Some(EXCESSIVE_LOAD), "{closed}");
    server.ended().await;
}

#[tokio::test]
async fn streams_and_buffers_have_limits() {
    let app = app().post("/never", async |_: &mut Context| {
        std::future::pending::<()>().await;
    });
    let server = Running::with(app, |server| server.shutdown_timeout(Duration::ZERO)).await;
    let client = server.connect().await;
    let mut streams = Vec::new();
    while let Some(stream) = poll_once(client.connection.open_bi()).await {
        streams.push(stream.unwrap());
    }
    assert_eq!(streams.len(), 200);
    drop(streams);
    drop(client);
    let mut client = Client::new(server.connection().await).await;
    let head = Request::post(url("/never")).body(()).unwrap();
    let mut stream = client.begin(head).await;
    let before = client.connection.stats().udp_tx.bytes;
    let sending = stream.send_data(Bytes::from(vec![0; 8 << 20]));
    // It never ends, as the handler reads nothing.
    let ended = timeout(Duration::from_millis(500), sending).await;
    assert!(ended.is_err());
    let sent = client.connection.stats().udp_tx.bytes - before;
    assert!(sent < 3 << 20, "{sent} bytes");
    server.ended().await;
}
