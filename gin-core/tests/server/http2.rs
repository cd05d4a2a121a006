//! HTTP/2: a client that takes some of its responses does not hold the others.

use std::time::Duration;

use gin::prelude::*;
use h2::RecvStream;
use h2::client::{Builder, SendRequest};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::wire::{LONG, Running};

/// Connects with a small window for each stream.
pub(crate) async fn connect(server: &Running) -> SendRequest<Bytes> {
    let stream = server.stream().await;
    let (client, connection) = Builder::new()
        .initial_window_size(1_000)
        .initial_connection_window_size(1 << 20)
        .handshake(stream)
        .await
        .expect("the server responds");
    tokio::spawn(connection);
    client
}

pub(crate) fn request(uri: &str) -> http::request::Builder {
    http::Request::builder().uri(uri)
}

/// Sends a request without a body.
pub(crate) async fn send(
    client: &mut SendRequest<Bytes>,
    request: http::request::Builder,
) -> http::Response<RecvStream> {
    let mut ready = client.clone().ready().await.expect("it is open");
    let sent = ready.send_request(request.body(()).expect("it is sound"), true);
    let (response, _) = sent.expect("it can be sent");
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

struct OnDrop(mpsc::UnboundedSender<()>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[tokio::test]
async fn a_stalled_stream_is_reset_while_another_is_taken_slowly() {
    const STALLED: usize = 20;
    let (dropped, mut drops) = mpsc::unbounded_channel::<()>();
    let stalled = async |State(dropped): State<mpsc::UnboundedSender<()>>| {
        let on_drop = OnDrop(dropped);
        Body::from_writer(async move |mut out| {
            let _on_drop = on_drop;
            loop {
                out.send(vec![0; 16 << 10]).await;
            }
        })
    };
    let app = Group::new("")
        .state(dropped)
        .get("/stalled", stalled)
        .get("/slow", async || vec![0; 1 << 20]);
    let write_timeout = Duration::from_millis(500);
    let server = Running::with(app, |server| server.write_timeout(write_timeout)).await;
    let mut client = connect(&server).await;
    let mut slow = send(&mut client, request("http://a/slow"))
        .await
        .into_body();
    let mut untaken = Vec::new();
    for _ in 0..STALLED {
        untaken.push(send(&mut client, request("http://a/stalled")).await);
    }
    let trickle = async {
        loop {
            let data = slow.data().await.expect("it goes on");
            let length = data.expect("the stream is not reset").len();
            let room = slow.flow_control();
            room.release_capacity(length).expect("it was taken");
            // The pace of the client: many chunks in the server's timeout.
            tokio::time::sleep(write_timeout / 100).await;
        }
    };
    let reset = async {
        for _ in 0..STALLED {
            drops.recv().await.expect("the server runs");
        }
    };
    let reset = async {
        tokio::select! {
            () = reset => {}
            () = trickle => {}
        }
    };
    timeout(LONG, reset).await.expect("the stalled streams end");
    let mut first = untaken.remove(0).into_body();
    let end = async {
        loop {
            match first.data().await {
                Some(Ok(_)) => {}
                end => return end,
            }
        }
    };
    let end = timeout(LONG, end).await.expect("the stream ends");
    let error = end.expect("it is not complete").expect_err("it is reset");
    assert!(error.is_reset() && error.is_remote(), "{error:?}");
}
