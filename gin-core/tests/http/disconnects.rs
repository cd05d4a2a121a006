//! Clients that close the connection, or go on, before they are answered.

use gin::prelude::*;
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};

use crate::wire::{LONG, Running};

/// What a handler that waits tells of itself.
#[derive(Debug, PartialEq)]
enum Waiter {
    Begun,
    Dropped,
}

type Told = mpsc::UnboundedSender<Waiter>;

struct OnDrop(Told);

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = self.0.send(Waiter::Dropped);
    }
}

/// A server whose handler at `/` waits for ever, once it has read the body.
async fn waiting() -> (Running, mpsc::UnboundedReceiver<Waiter>) {
    let (told, waiter) = mpsc::unbounded_channel();
    let wait = async |State(told): State<Told>, _: Bytes| {
        told.send(Waiter::Begun).expect("the test listens");
        let _on_drop = OnDrop(told);
        std::future::pending::<()>().await;
    };
    let app = Group::new("").state(told).get("/", wait).post("/", wait);
    (Running::new(app).await, waiter)
}

async fn next(waiter: &mut mpsc::UnboundedReceiver<Waiter>) -> Waiter {
    let told = timeout(LONG, waiter.recv()).await;
    told.expect("the handler tells").expect("the server runs")
}

#[tokio::test]
async fn a_client_that_leaves_cancels_its_handler() {
    let requests = [
        "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ];
    let (server, mut waiter) = waiting().await;
    for request in requests {
        let mut wire = server.connect().await;
        wire.send(request).await;
        assert_eq!(next(&mut waiter).await, Waiter::Begun, "{request}");
        drop(wire);
        assert_eq!(next(&mut waiter).await, Waiter::Dropped, "{request}");
    }
}

#[tokio::test]
async fn a_client_that_leaves_ends_the_writing_of_its_body() {
    let (told, mut waiter) = mpsc::unbounded_channel();
    let app = Group::new("")
        .state(told)
        .get("/", async |State(told): State<Told>| {
            Body::from_writer(async move |mut out| {
                out.send("").await;
                out.send("hello").await;
                told.send(Waiter::Begun).expect("the test listens");
                let _on_drop = OnDrop(told);
                loop {
                    out.send("hello again").await;
                }
            })
        });
    let server = Running::new(app).await;
    let mut wire = server.connect().await;
    wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert_eq!(next(&mut waiter).await, Waiter::Begun);
    drop(wire);
    assert_eq!(next(&mut waiter).await, Waiter::Dropped);
}

type Gate = (mpsc::UnboundedSender<()>, watch::Receiver<bool>);

/// The name, once the gate is open.
async fn named(State((begun, mut gate)): State<Gate>, Path(name): Path<String>) -> String {
    let _ = begun.send(());
    gate.wait_for(|is_open| *is_open).await.expect("it opens");
    name
}

#[tokio::test]
async fn what_a_client_sends_meanwhile_is_answered_in_its_turn() {
    let (open, gate) = watch::channel(false);
    let (begun, mut begins) = mpsc::unbounded_channel::<()>();
    let app = Group::new("")
        .state((begun, gate))
        .get("/now", async || "now")
        .get("/:name", named);
    let server = Running::new(app).await;
    let mut wire = server.connect().await;
    wire.send("GET /first HTTP/1.1\r\nhost: a\r\n\r\n").await;
    begins.recv().await.expect("the handler begins");
    // More than is read ahead, and the last head in two pieces.
    let names: Vec<_> = (0..100).map(|number| format!("next-{number}")).collect();
    for name in &names {
        wire.send(format!("GET /{name} HTTP/1.1\r\nhost: a\r\n\r\n"))
            .await;
    }
    wire.send("GET /last HTTP/1.1\r\nconnection: close\r\nho")
        .await;
    // Once another is answered, the server has seen all that.
    assert!(server.get("/now").await.ends_with("now"));
    open.send_replace(true);
    wire.send("st: a\r\n\r\n").await;
    let answers = wire.rest().await;
    let bodies: Vec<_> = answers.split("\r\n\r\n").skip(1).collect();
    assert_eq!(bodies.len(), 102, "{answers}");
    let expected = ["first"].into_iter();
    let expected = expected
        .chain(names.iter().map(String::as_str))
        .chain(["last"]);
    for (body, name) in bodies.iter().zip(expected) {
        assert!(body.starts_with(name), "{name}: {body}");
    }
}
