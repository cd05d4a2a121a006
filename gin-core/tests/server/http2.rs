//! HTTP/2: a client that takes some of its responses does not hold the others.

use std::time::Duration;

use gin::prelude::*;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::multiplex::{connect, request, send};
use crate::wire::{LONG, Running};

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
    let mut client = connect(server.stream().await).await;
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
