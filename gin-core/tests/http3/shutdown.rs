//! Shutdown: requests that run may end, and others are sent to another server.

use bytes::Bytes;
use gin::prelude::*;
use http::Request;
use tokio::sync::mpsc;

use crate::fixture::{Running, close_code, in_time, receive, url};

const NO_ERROR: u64 = 0x100;

#[tokio::test]
async fn a_response_ends_before_the_connection_does() {
    let app = Group::new("").get("/", async |cx: &mut Context| {
        let shutdown = cx.shutdown();
        Body::from_writer(async move |mut out| {
            out.send("begun ").await;
            shutdown.requested().await;
            out.send("x".repeat(1 << 20)).await;
            out.send(" ended").await;
        })
    });
    let mut server = Running::new(app).await;
    let mut client = server.connect().await;
    let head = Request::get(url("/")).body(()).unwrap();
    let mut stream = client.begin(head).await;
    stream.finish().await.unwrap();
    assert!(stream.recv_response().await.unwrap().status().is_success());
    server.shut_down();
    let mut length = 0;
    while let Some(data) = in_time(stream.recv_data()).await.unwrap() {
        length += bytes::Buf::remaining(&data);
    }
    assert_eq!(length, "begun  ended".len() + (1 << 20));
    drop(stream);
    let closed = client.ended().await;
    assert_eq!(close_code(&closed), Some(NO_ERROR), "{closed}");
    server.ended().await;
}

#[tokio::test]
async fn a_request_that_never_ends_is_cut_off() {
    let (begun_tx, mut begun) = mpsc::unbounded_channel::<()>();
    let app = Group::new("")
        .state(begun_tx)
        .get("/", async |cx: &mut Context| {
            let begun = cx.state::<mpsc::UnboundedSender<()>>().unwrap();
            begun.send(()).unwrap();
            std::future::pending::<()>().await;
        });
    let time = std::time::Duration::from_millis(100);
    let mut server = Running::with(app, |server| server.shutdown_timeout(time)).await;
    let mut client = server.connect().await;
    let head = Request::get(url("/")).body(()).unwrap();
    let stream = client.begin(head).await;
    begun.recv().await.unwrap();
    server.shut_down();
    server.ended().await;
    assert!(receive(stream).await.is_err());
}

#[tokio::test]
async fn a_client_that_has_just_connected_gets_its_response() {
    let app = Group::new("").get("/", async || "late");
    let mut server = Running::new(app).await;
    let mut client = server.connect().await;
    server.shut_down();
    let request = Request::get(url("/")).body(Bytes::new()).unwrap();
    let (head, _) = request.into_parts();
    // The client's settings come first, so that it may know of the shutdown by now.
    if let Ok(mut stream) = client
        .requests
        .send_request(Request::from_parts(head, ()))
        .await
    {
        stream.finish().await.unwrap();
        assert_eq!(receive(stream).await.unwrap().text(), "late");
    }
    server.ended().await;
}
