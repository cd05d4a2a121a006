//! A client of HTTP/2: its connection, its requests and the texts of their responses.

use gin::prelude::*;
use h2::client::{Builder, Connection, ResponseFuture, SendRequest};
use h2::{RecvStream, SendStream};
use tokio::time::timeout;

use crate::wire::{LONG, Stream};

/// Opens a connection with a small window for each stream. The caller runs it.
pub(crate) async fn open(stream: Stream) -> (SendRequest<Bytes>, Connection<Stream, Bytes>) {
    let opened = Builder::new()
        .initial_window_size(1_000)
        .initial_connection_window_size(1 << 20)
        .handshake(stream)
        .await;
    opened.expect("the server responds")
}

/// Opens such a connection, which runs until it is closed.
pub(crate) async fn connect(stream: Stream) -> SendRequest<Bytes> {
    let (client, connection) = open(stream).await;
    tokio::spawn(connection);
    client
}

pub(crate) fn request(uri: &str) -> http::request::Builder {
    http::Request::builder().uri(uri)
}

/// Sends the head of a request, and with `is_end` all of it.
pub(crate) async fn begin(
    client: &mut SendRequest<Bytes>,
    request: http::request::Builder,
    is_end: bool,
) -> (ResponseFuture, SendStream<Bytes>) {
    let mut ready = client.clone().ready().await.expect("it is open");
    let sent = ready.send_request(request.body(()).expect("it is sound"), is_end);
    sent.expect("it can be sent")
}

/// Sends a request without a body.
pub(crate) async fn send(
    client: &mut SendRequest<Bytes>,
    request: http::request::Builder,
) -> http::Response<RecvStream> {
    let (response, _) = begin(client, request, true).await;
    let response = timeout(LONG, response).await.expect("it is answered");
    response.expect("it is whole")
}

pub(crate) async fn text(response: http::Response<RecvStream>) -> String {
    let mut text = Vec::new();
    let mut body = response.into_body();
    while let Some(data) = body.data().await {
        text.extend(data.expect("it is whole"));
    }
    String::from_utf8_lossy(&text).into_owned()
}
