//! Layers and services behind a real socket: streams, upgrades, and clients that leave.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::routing::{any, get, post};
use gin::prelude::*;
use http::Version;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;
use tower::service_fn;
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;

use crate::wire::{LONG, Running};

const UPGRADE: &str = "host: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
                       sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// A text frame of a client, with a mask of zeros.
fn frame(text: &str) -> Vec<u8> {
    let mut frame = vec![
        0x81,
        0x80 | u8::try_from(text.len()).expect("it is short"),
        0,
        0,
        0,
        0,
    ];
    frame.extend(text.as_bytes());
    frame
}

async fn echo(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if socket.send(message).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn a_websocket_in_a_router_of_axum_gets_the_connection() {
    let old = Router::new().route("/ws", get(async |ws: WebSocketUpgrade| ws.on_upgrade(echo)));
    let app = Group::new("")
        .layer(TraceLayer::new_for_http())
        .service("/old", old);
    let server = Running::new(app).await;
    let mut wire = server.connect().await;
    wire.send(format!("GET /old/ws HTTP/1.1\r\n{UPGRADE}"))
        .await;
    let head = wire.until("\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    wire.send(frame("hello")).await;
    wire.until("\u{5}hello").await;
}

#[tokio::test]
async fn a_websocket_of_the_app_gets_the_connection_inside_layers_and_engines() {
    let ws = async |ws: gin::websocket::WebSocket| {
        ws.on_upgrade(async |mut socket| {
            while let Some(message) = socket.recv().await {
                socket.send(message).await?;
            }
            Ok(())
        })
    };
    let inner = Group::new("")
        .layer(TraceLayer::new_for_http())
        .get("/ws", ws);
    let inner = inner.build().expect("it is valid");
    let app = Group::new("")
        .layer(CompressionLayer::new())
        .service("/inner", inner);
    let server = Running::new(app).await;
    let mut wire = server.connect().await;
    wire.send(format!("GET /inner/ws HTTP/1.1\r\n{UPGRADE}"))
        .await;
    let head = wire.until("\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    wire.send(frame("hello")).await;
    wire.until("\u{5}hello").await;
}

#[tokio::test]
async fn a_websocket_in_a_router_of_axum_gets_a_stream_of_http2() {
    let ws = async |ws: WebSocketUpgrade| ws.on_upgrade(echo);
    let old = Router::new().route("/ws", any(ws));
    let server = Running::new(Group::new("").service("/old", old)).await;
    let stream = TcpStream::connect(server.address).await;
    let stream = stream.expect("the server listens");
    let (client, connection) = h2::client::handshake(stream).await.expect("it responds");
    tokio::spawn(connection);
    let mut client = client.ready().await.expect("it is connected");
    let connect = async |client: &mut h2::client::SendRequest<Bytes>, path: &str| {
        while !client.is_extended_connect_protocol_enabled() {
            tokio::task::yield_now().await;
        }
        let mut request = http::Request::connect(format!("http://a{path}"))
            .header("sec-websocket-version", "13")
            .body(())
            .expect("it is valid");
        request
            .extensions_mut()
            .insert(h2::ext::Protocol::from_static("websocket"));
        let (response, sender) = client.send_request(request, false).expect("it is sent");
        (response.await.expect("it responds"), sender)
    };
    let (response, mut sender) = connect(&mut client, "/old/ws").await;
    assert_eq!(response.status(), 200);
    sender
        .send_data(frame("hello").into(), false)
        .expect("it is open");
    let mut body = response.into_body();
    let mut received = Vec::new();
    while !received.ends_with(b"hello") {
        received.extend(body.data().await.expect("it is open").expect("it comes"));
    }
    let (response, _sender) = connect(&mut client, "/old/nowhere").await;
    assert_eq!(response.status(), 404);
}

/// Notifies when it is dropped.
struct Guard(Arc<Notify>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[tokio::test]
async fn a_client_that_leaves_drops_the_future_of_the_service() {
    let (begun, dropped) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (start, end) = (begun.clone(), dropped.clone());
    let slow = move || {
        let (start, guard) = (start.clone(), Guard(end.clone()));
        async move {
            let _guard = guard;
            start.notify_one();
            std::future::pending::<()>().await;
        }
    };
    let old = Router::new().route("/slow", get(slow));
    let server = Running::new(
        Group::new("")
            .layer(TraceLayer::new_for_http())
            .service("/old", old),
    )
    .await;
    let mut wire = server.connect().await;
    wire.send("GET /old/slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
    timeout(LONG, begun.notified())
        .await
        .expect("the service runs");
    drop(wire);
    timeout(LONG, dropped.notified())
        .await
        .expect("its future is dropped");
}

#[tokio::test]
async fn a_body_streams_both_ways_through_a_layer_and_a_service() {
    let echo = || async |body: axum::body::Body| body;
    let app = Group::new("")
        .layer(TraceLayer::new_for_http())
        .service("/old", Router::new().route("/echo", post(echo())))
        .post("/echo", async |body: Body| body);
    let server = Running::new(app).await;
    for path in ["/old/echo", "/echo"] {
        let mut wire = server.connect().await;
        wire.send(format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
        ))
        .await;
        wire.send("1\r\na\r\n").await;
        // The first part comes back while the second is not sent yet.
        let head = wire.until("1\r\na\r\n").await;
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        wire.send("1\r\nb\r\n").await;
        wire.until("1\r\nb\r\n").await;
        wire.send("0\r\n\r\n").await;
        wire.until("0\r\n\r\n").await;
    }
}

/// A proxy passes on what it got from a server that speaks another version.
#[tokio::test]
async fn the_version_of_a_response_is_that_of_its_connection() {
    for version in [
        Version::HTTP_09,
        Version::HTTP_10,
        Version::HTTP_2,
        Version::HTTP_3,
    ] {
        let upstream = service_fn(move |_: http::Request<Body>| async move {
            let mut response = http::Response::new(Body::from("hello"));
            *response.version_mut() = version;
            Ok::<_, Infallible>(response)
        });
        let server = Running::new(Group::new("").service("/", upstream)).await;
        let mut wire = server.connect().await;
        // The second response shows that the connection has stayed.
        for _ in 0..2 {
            wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
            let response = wire.until("hello").await;
            assert!(
                response.starts_with("HTTP/1.1 200 "),
                "{version:?}: {response}"
            );
        }
    }
}
