//! The life of a server: hooks, the time for load balancers to notice that it ends, and its end.

use std::io::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gin::prelude::*;
use gin::{Engine, Server};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::wire::{LONG, Running, Wire, status};

type Log = Arc<Mutex<Vec<&'static str>>>;

fn note(log: &Log, text: &'static str) -> impl Future<Output = ()> + Send + use<> {
    let log = log.clone();
    async move { log.lock().expect("no test panics").push(text) }
}

fn app() -> Group {
    Group::new("").get("/", async || "hello").ready("/readyz")
}

const GET_READY: &str = "GET /readyz HTTP/1.1\r\nhost: a\r\n\r\n";

/// Probes until the server is not ready. Returns the last response.
async fn unready(server: &Running) -> String {
    let probe = async {
        loop {
            let response = server.get("/readyz").await;
            if status(&response) != "200" {
                return response;
            }
        }
    };
    timeout(LONG, probe).await.expect("the server drains")
}

#[tokio::test]
async fn a_draining_server_is_not_ready_but_serves() {
    let mut server = Running::with(app(), |server| server.drain_delay(LONG)).await;
    assert_eq!(status(&server.get("/readyz").await), "200");
    let mut kept = server.connect().await;
    kept.send(GET_READY).await;
    let before = kept.until("\"up\"}").await;
    assert!(!before.contains("connection: close"), "{before}");

    server.shut_down();
    let response = unready(&server).await;
    assert_eq!(status(&response), "503");
    assert!(response.ends_with("{\"status\":\"down\"}"), "{response}");
    let late = server.get("/").await;
    assert!(late.ends_with("hello"), "{late}");

    // A kept connection is still served, and then closed.
    kept.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let last = kept.rest().await;
    assert!(last.contains("connection: close"), "{last}");
    assert!(last.ends_with("hello"), "{last}");
}

#[tokio::test]
async fn the_delay_ends_by_itself() {
    let delay = Duration::from_millis(20);
    let mut server = Running::with(app(), |server| server.drain_delay(delay)).await;
    server.shut_down();
    server.ended().await;
}

#[tokio::test]
async fn hooks_run_around_all_requests() {
    let log = Log::default();
    let (one, two, three, four) = (log.clone(), log.clone(), log.clone(), log.clone());
    let app =
        app()
            .state(log.clone())
            .get("/slow", async |cx: &mut Context, State(log): State<Log>| {
                log.lock().expect("no test panics").push("request");
                cx.shutdown().requested().await;
                log.lock().expect("no test panics").push("response");
            });
    let mut server = Running::with(app, |server| {
        server
            .on_start(move || note(&one, "start 1"))
            .on_start(move || note(&two, "start 2"))
            .on_shutdown(async || Err::<(), _>(Error::other("it fails, but the others run")))
            .on_shutdown(move || note(&three, "stop 1"))
            .on_shutdown(move || note(&four, "stop 2"))
    })
    .await;
    let mut client = server.connect().await;
    client.send("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let started = async {
        while log.lock().expect("no test panics").last() != Some(&"request") {
            tokio::task::yield_now().await;
        }
    };
    timeout(LONG, started).await.expect("the request starts");
    server.shut_down();
    assert_eq!(status(&client.rest().await), "200");
    server.ended().await;
    let expected = [
        "start 1", "start 2", "request", "response", "stop 2", "stop 1",
    ];
    assert_eq!(*log.lock().expect("no test panics"), expected);
}

#[tokio::test]
async fn a_start_that_fails_is_the_error_of_run() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let engine = Engine::new(app()).expect("it is sound");
    let server = Server::new(engine)
        .listen(listener)
        .on_start(async || Err::<(), _>(Error::other("no prices")))
        .shutdown_on(std::future::pending());
    let ended = timeout(LONG, server.run()).await.expect("it ends");
    let error = ended.expect_err("the hook fails");
    let cause = error.cause().expect("it has one");
    assert_eq!(cause.to_string(), "no prices");
}

#[tokio::test]
async fn no_client_is_accepted_before_the_hooks_have_run() {
    let (go, gone) = oneshot::channel::<()>();
    let server = Running::with(app(), |server| {
        server.on_start(async move || drop(gone.await))
    })
    .await;
    // The system takes the connection, as the socket is bound. The server does not.
    let client = TcpStream::connect(server.address).await;
    let mut client = Wire(client.expect("the socket is bound"));
    client.send(GET_READY).await;
    let mut byte = [0];
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
        assert!(
            client.0.try_read(&mut byte).is_err(),
            "there is no response"
        );
    }
    drop(go);
    client.until("\"up\"}").await;
}

#[tokio::test]
async fn a_hook_that_hangs_is_cut_off() {
    let mut server = Running::with(app(), |server| {
        server
            .shutdown_timeout(Duration::from_millis(20))
            .on_shutdown(async || std::future::pending::<()>().await)
    })
    .await;
    server.shut_down();
    server.ended().await;
}

#[tokio::test]
async fn a_start_that_hangs_ends_by_the_signal() {
    let mut server = Running::with(app(), |server| {
        server.on_start(async || std::future::pending::<()>().await)
    })
    .await;
    server.shut_down();
    server.ended().await;
}
