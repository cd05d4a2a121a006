//! Clients that disconnect, or send more requests, before they get a response.

use gin::prelude::*;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::wire::{LONG, Running};

/// An event of a handler that waits.
#[derive(Debug, PartialEq)]
enum Event {
    Begun,
    Dropped,
}

type Events = mpsc::UnboundedSender<Event>;

struct OnDrop(Events);

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = self.0.send(Event::Dropped);
    }
}

/// Starts a server whose handler at `/` reads the body and then waits forever.
async fn waiting() -> (Running, mpsc::UnboundedReceiver<Event>) {
    let (events, waiter) = mpsc::unbounded_channel();
    let wait = async |State(events): State<Events>, _: Bytes| {
        events.send(Event::Begun).expect("the test listens");
        let _on_drop = OnDrop(events);
        std::future::pending::<()>().await;
    };
    let app = Group::new("").state(events).get("/", wait).post("/", wait);
    (Running::new(app).await, waiter)
}

async fn next(waiter: &mut mpsc::UnboundedReceiver<Event>) -> Event {
    let event = timeout(LONG, waiter.recv()).await;
    event
        .expect("the handler sends an event")
        .expect("the server runs")
}

#[tokio::test]
async fn a_client_that_disconnects_cancels_its_handler() {
    let requests = [
        "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ];
    let (server, mut waiter) = waiting().await;
    for request in requests {
        let mut wire = server.connect().await;
        wire.send(request).await;
        assert_eq!(next(&mut waiter).await, Event::Begun, "{request}");
        drop(wire);
        assert_eq!(next(&mut waiter).await, Event::Dropped, "{request}");
    }
}

#[tokio::test]
async fn a_client_that_disconnects_cancels_the_writer_of_its_body() {
    let (events, mut waiter) = mpsc::unbounded_channel();
    let app = Group::new("")
        .state(events)
        .get("/", async |State(events): State<Events>| {
            Body::from_writer(async move |mut out| {
                out.send("").await;
                out.send("hello").await;
                events.send(Event::Begun).expect("the test listens");
                let _on_drop = OnDrop(events);
                loop {
                    out.send("hello again").await;
                }
            })
        });
    let server = Running::new(app).await;
    let mut wire = server.connect().await;
    wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert_eq!(next(&mut waiter).await, Event::Begun);
    drop(wire);
    assert_eq!(next(&mut waiter).await, Event::Dropped);
}

type Gate = (mpsc::UnboundedSender<()>, watch::Receiver<bool>);

/// Returns the name once the gate is open.
async fn named(State((begun, mut gate)): State<Gate>, Path(name): Path<String>) -> String {
    let _ = begun.send(());
    gate.wait_for(|is_open| *is_open).await.expect("it opens");
    name
}

#[tokio::test]
async fn pipelined_requests_are_served_in_order() {
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
    // More than is read ahead, and the last head in two parts.
    let names: Vec<_> = (0..100).map(|number| format!("next-{number}")).collect();
    for name in &names {
        wire.send(format!("GET /{name} HTTP/1.1\r\nhost: a\r\n\r\n"))
            .await;
    }
    wire.send("GET /last HTTP/1.1\r\nconnection: close\r\nho")
        .await;
    // Once another request has its response, the server has seen all of these.
    assert!(server.get("/now").await.ends_with("now"));
    open.send_replace(true);
    wire.send("st: a\r\n\r\n").await;
    let responses = wire.rest().await;
    let bodies: Vec<_> = responses.split("\r\n\r\n").skip(1).collect();
    assert_eq!(bodies.len(), 102, "{responses}");
    let expected = ["first"].into_iter();
    let expected = expected
        .chain(names.iter().map(String::as_str))
        .chain(["last"]);
    for (body, name) in bodies.iter().zip(expected) {
        assert!(body.starts_with(name), "{name}: {body}");
    }
}
