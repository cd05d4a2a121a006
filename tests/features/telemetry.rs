//! `telemetry`: the export of spans. It is set up once for a process, so this is a program of its own.

use std::future::pending;

use gin::operations::{Telemetry, Trace};
use gin::prelude::*;
use gin::server::Listener;
use gin::testing::Client;
use gin::{Engine, Server};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

type Sent = mpsc::UnboundedSender<Bytes>;

#[tokio::test(flavor = "multi_thread")]
async fn spans_reach_a_collector() {
    let (sent, mut received) = mpsc::unbounded_channel::<Bytes>();
    let socket = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let endpoint = format!("http://{}", socket.local_addr().expect("it is bound"));
    let collector = Group::new("").state(sent).post(
        "/v1/traces",
        async |State(sent): State<Sent>, body: Bytes| {
            sent.send(body).expect("the test waits");
            ([("content-type", "application/x-protobuf")], "")
        },
    );
    let telemetry = Telemetry::new("shop").endpoint(endpoint);
    telemetry.install().expect("there is no other subscriber");
    let collector = Engine::new(collector).expect("it is valid");
    let collector = Server::new(collector).listen(socket);
    tokio::spawn(collector.shutdown_on(pending()).run());

    let app = Group::new("")
        .with(Trace::new())
        .get("/users/:id", async || "a user");
    Client::new(app).get("/users/7").await.is(200);
    // The spans are flushed before a server ends.
    let engine = Engine::new(Group::new("")).expect("it is valid");
    let socket = Listener::tcp("127.0.0.1:0").await.expect("a port is free");
    let server = Server::new(engine).listen(socket).shutdown_on(async {});
    server.run().await.expect("it ends");
    let spans = received.recv().await.expect("the collector runs");
    let spans = String::from_utf8_lossy(&spans);
    assert!(spans.contains("GET /users/:id"), "{spans}");
}
