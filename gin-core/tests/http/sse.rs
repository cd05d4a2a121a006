//! Server-sent events: their bytes, their end, and clients that leave, do not read, or are many.

use std::future::pending;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use gin::extract::LastEventId;
use gin::prelude::*;
use gin::response::{Event, Sse};
use gin::testing::Client;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{sleep, timeout};

use crate::transport::CROWD;
use crate::wire::{LONG, Running, Wire};

const REQUEST: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

/// Sends its value when it is dropped.
struct OnDrop<T: Clone>(mpsc::UnboundedSender<T>, T);

impl<T: Clone> Drop for OnDrop<T> {
    fn drop(&mut self) {
        let _ = self.0.send(self.1.clone());
    }
}

async fn next<T>(events: &mut mpsc::UnboundedReceiver<T>) -> T {
    let event = timeout(LONG, events.recv()).await;
    event.expect("it comes").expect("the server runs")
}

#[tokio::test]
async fn the_head_and_each_event_are_sent_at_once() {
    let (sender, _) = broadcast::channel::<String>(1);
    let app = Group::new("").state(sender.clone()).get(
        "/",
        async |State(sender): State<broadcast::Sender<String>>| {
            let mut texts = sender.subscribe();
            Sse::from_writer(async move |events| {
                loop {
                    events.send(texts.recv().await?).await?;
                }
            })
        },
    );
    let server = Running::new(app).await;
    let mut wire = server.connect().await;
    wire.send(REQUEST).await;
    let head = wire.until("\r\n\r\n").await;
    for header in [
        "HTTP/1.1 200 OK\r\n",
        "content-type: text/event-stream\r\n",
        "cache-control: no-cache\r\n",
        "x-accel-buffering: no\r\n",
    ] {
        assert!(head.contains(header), "{header} {head}");
    }
    for text in ["one", "two"] {
        sender.send(text.to_owned()).expect("the stream listens");
        wire.until(&format!("data: {text}\n\n")).await;
    }
}

#[tokio::test]
async fn headers_and_status_of_the_handler_stay() {
    let events = async || {
        let events = Sse::new(stream::iter(["x"]));
        (StatusCode::CREATED, [("cache-control", "no-store")], events)
    };
    let client = Client::new(Group::new("").get("/", events));
    let response = client.get("/").await.is(201).has_text("data: x\n\n");
    assert_eq!(response.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn a_client_that_leaves_an_idle_stream_drops_its_producer() {
    let (dropped, mut drops) = mpsc::unbounded_channel::<()>();
    let app = Group::new("").state(dropped).get(
        "/",
        async |State(dropped): State<mpsc::UnboundedSender<()>>| {
            Sse::from_writer(async move |events| {
                let _on_drop = OnDrop(dropped, ());
                events.send("hello").await?;
                pending().await
            })
        },
    );
    let server = Running::new(app).await;
    let mut wire = server.connect().await;
    wire.send(REQUEST).await;
    wire.until("hello").await;
    drop(wire);
    next(&mut drops).await;
}

#[tokio::test]
async fn a_producer_that_panics_or_fails_breaks_the_response_off() {
    let app = Group::new("")
        .get("/panic", async || {
            Sse::from_writer(async |events| {
                events.send("hello").await?;
                panic!("the producer panics")
            })
        })
        .get("/error", async || {
            Sse::from_writer(async |events| {
                events.send("hello").await?;
                Err(gin::Error::new(500, "the producer fails"))
            })
        })
        .get("/item", async || {
            let number =
                |text: &str| Ok::<_, std::num::ParseIntError>(text.parse::<u8>()?.to_string());
            Sse::new(stream::iter(["1", "x", "3"].map(number)))
        })
        .get("/end", async || Sse::new(stream::iter(["hello"])));
    let server = Running::new(app).await;
    for (path, data) in [("/panic", "hello"), ("/error", "hello"), ("/item", "1")] {
        let response = server.get(path).await;
        assert!(
            response.contains(&format!("data: {data}\n\n")),
            "{response}"
        );
        assert!(!response.ends_with("0\r\n\r\n"), "{path}: {response}");
        assert!(!response.contains("producer"), "{response}");
    }
    let response = server.get("/end").await;
    assert!(response.ends_with("\r\n0\r\n\r\n"), "{response}");
}

#[tokio::test]
async fn a_producer_that_is_faster_than_its_client_waits() {
    const EVENT: usize = 64 << 10;
    let (dropped, mut drops) = mpsc::unbounded_channel::<usize>();
    let app = Group::new("").state(dropped).get(
        "/",
        async |State(dropped): State<mpsc::UnboundedSender<usize>>| {
            Sse::from_writer(async move |events| {
                let mut sent = OnDrop(dropped, 0);
                loop {
                    events.send("x".repeat(EVENT)).await?;
                    sent.1 += 1;
                }
            })
        },
    );
    let short = Duration::from_millis(500);
    let server = Running::with(app, |server| server.write_timeout(short)).await;
    let mut wire = server.connect().await;
    wire.send(REQUEST).await;
    // The server disconnects a client that reads nothing. Up to then it sends what fits into the sockets.
    let sent = next(&mut drops).await * EVENT;
    assert!(sent < 16 << 20, "{sent} bytes were made");
}

#[tokio::test]
async fn a_shutdown_ends_streams() {
    let app = Group::new("").get("/", async || {
        Sse::from_writer(async |events| {
            events.send("hello").await?;
            pending().await
        })
    });
    let mut server = Running::new(app).await;
    let mut wires = Vec::new();
    for _ in 0..20 {
        let mut wire = server.connect().await;
        wire.send(REQUEST).await;
        wire.until("hello\n\n\r\n").await;
        wires.push(wire);
    }
    server.shut_down();
    for wire in &mut wires {
        assert_eq!(wire.rest().await, "0\r\n\r\n", "it ends properly");
    }
    server.ended().await;
}

async fn after(seconds: u64) -> String {
    sleep(Duration::from_secs(seconds)).await;
    seconds.to_string()
}

#[tokio::test(start_paused = true)]
async fn an_idle_stream_sends_comments() {
    let client = Client::new(
        Group::new("")
            .get("/", async || {
                Sse::new(stream::iter([10, 10, 31]).then(after))
            })
            .get("/often", async || {
                Sse::new(stream::iter([10]).then(after)).keep_alive(Duration::from_secs(4))
            })
            .get("/never", async || {
                Sse::new(stream::iter([100]).then(after)).without_keep_alive()
            }),
    );
    let events = "data: 10\n\ndata: 10\n\n:\n\n:\n\ndata: 31\n\n";
    client.get("/").await.has_text(events);
    client
        .get("/often")
        .await
        .has_text(":\n\n:\n\ndata: 10\n\n");
    client.get("/never").await.has_text("data: 100\n\n");
}

#[tokio::test]
async fn a_client_reads_events_as_a_browser_does() {
    let text = "id: 1\r\nevent: a\r\ndata: x\r\ndata:y\r\n\r\n: nothing\n\ndata\n\nretry: 7\rid\rdata: é\r\r";
    let body = move || async move { ([("content-type", "text/event-stream")], text) };
    let client = Client::new(Group::new("").get("/", body));
    let mut events = client.get("/").sse().await;
    let mut found = Vec::new();
    while let Some(event) = events.next().await {
        let retry = event.retry.map(|retry| retry.as_millis());
        found.push((event.event, event.data, event.id, retry));
    }
    let id = |id: &str| Some(id.to_owned());
    let expected = [
        ("a".to_owned(), "x\ny".to_owned(), id("1"), None),
        ("message".to_owned(), String::new(), id("1"), None),
        ("message".to_owned(), "é".to_owned(), id(""), Some(7)),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn the_last_event_id_is_read_as_browsers_send_it() {
    let echo = async |last: Option<LastEventId>| last.map_or("none".to_owned(), |last| last.0);
    let server = Running::new(Group::new("").get("/", echo)).await;
    for (sent, status, expected) in [
        (&b"7"[..], "200", "7"),
        (b"", "200", "none"),
        ("é".as_bytes(), "200", "é"),
        (b"\xff", "400", "not UTF-8"),
    ] {
        let mut request =
            b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nlast-event-id: ".to_vec();
        request.extend_from_slice(sent);
        request.extend_from_slice(b"\r\n\r\n");
        let response = server.exchange(request).await;
        assert_eq!(crate::wire::status(&response), status);
        assert!(response.contains(expected), "{response}");
    }
}

#[tokio::test]
async fn events_come_over_http2() {
    let events = async || Sse::new(stream::iter(["a", "b"]).chain(stream::pending()));
    let mut server = Running::new(Group::new("").get("/", events)).await;
    let stream = server.stream().await;
    let (mut client, connection) = h2::client::handshake(stream).await.expect("it responds");
    tokio::spawn(connection);
    let request = http::Request::get("http://a/")
        .body(())
        .expect("it is sound");
    let (response, _) = client.send_request(request, true).expect("it is sent");
    let mut body = response.await.expect("it is answered").into_body();
    for expected in ["data: a\n\n", "data: b\n\n"] {
        let data = body.data().await.expect("it goes on");
        assert_eq!(data.expect("it is whole"), expected);
    }
    server.shut_down();
    while let Some(data) = body.data().await {
        assert_eq!(data.expect("it ends properly"), "");
    }
    server.ended().await;
}

#[tokio::test]
async fn many_clients_get_an_event_and_leave_nothing_behind() {
    const CLIENTS: usize = CROWD / 10;
    let (news, _) = broadcast::channel::<Event>(4);
    let (dropped, mut drops) = mpsc::unbounded_channel::<()>();
    let app = Group::new("")
        .state((news.clone(), dropped))
        .get("/", subscribe);
    let server = Running::new(app).await;
    let mut wires: Vec<Wire> = Vec::new();
    for _ in 0..CLIENTS {
        let mut wire = server.connect().await;
        wire.send(REQUEST).await;
        wire.until("ready").await;
        wires.push(wire);
    }
    let told = news.send(Event::data("hello").event("greeting"));
    assert_eq!(told.ok(), Some(CLIENTS));
    for wire in &mut wires {
        wire.until("data: hello\nevent: greeting\n\n").await;
    }
    drop(wires);
    for _ in 0..CLIENTS {
        next(&mut drops).await;
    }
    assert_eq!(news.receiver_count(), 0);
}

type News = (broadcast::Sender<Event>, mpsc::UnboundedSender<()>);

async fn subscribe(State((news, dropped)): State<News>) -> Sse {
    let mut news = news.subscribe();
    Sse::from_writer(async move |events| {
        let _on_drop = OnDrop(dropped, ());
        events.send("ready").await?;
        loop {
            events.send(news.recv().await?).await?;
        }
    })
}
