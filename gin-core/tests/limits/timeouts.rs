//! Handlers that take too long.

use std::future::pending;
use std::time::Duration;

use futures_util::stream;
use gin::middleware::Timeout;
use gin::prelude::*;
use gin::testing::Client;
use gin::websocket::WebSocket;
use tokio::time::{Instant, sleep};

use crate::wire::{LONG, Running, status};
use crate::{Dropped, flaws};

const SECOND: Duration = Duration::from_secs(1);

fn limited() -> Group {
    Group::new("").with(Timeout::new(SECOND))
}

#[tokio::test(start_paused = true)]
async fn a_slow_handler_is_dropped_and_its_guard_runs() {
    let dropped = Dropped::default();
    let slow = {
        let dropped = dropped.clone();
        move || {
            let guard = dropped.guard();
            async move {
                let _guard = guard;
                pending::<String>().await
            }
        }
    };
    let client = Client::new(limited().get("/", slow));
    let start = Instant::now();
    let response = client
        .get("/")
        .header("accept", "application/json")
        .await
        .is(503);
    assert_eq!(start.elapsed().as_secs(), 1);
    assert!(dropped.is_dropped());
    response
        .has_header("content-type", "application/problem+json")
        .contains("the request took too long");
}

#[tokio::test]
async fn a_slow_handler_behind_a_socket_is_dropped_and_the_connection_is_kept() {
    let dropped = Dropped::default();
    let slow = {
        let dropped = dropped.clone();
        move || {
            let guard = dropped.guard();
            async move {
                let _guard = guard;
                pending::<String>().await
            }
        }
    };
    let app = Group::new("").with(Timeout::new(Duration::from_millis(20)));
    let server = Running::new(app.get("/slow", slow).get("/", async || "fast")).await;
    let mut wire = server.connect().await;
    wire.send("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let response = wire.until("too long").await;
    assert_eq!(status(&response), "503", "{response}");
    assert!(dropped.is_dropped());
    wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let response = wire.until("fast").await;
    assert!(response.contains("200 OK"), "{response}");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_streams_is_not_cut() {
    let count = async || {
        let chunks = stream::unfold(0, async |number| {
            sleep(10 * SECOND).await;
            (number < 3).then(|| (Ok::<_, std::io::Error>(number.to_string()), number + 1))
        });
        Body::from_stream(chunks)
    };
    Client::new(limited().get("/", count))
        .get("/")
        .await
        .is(200)
        .has_text("012");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_upgraded_is_not_cut() {
    let talk = async |ws: WebSocket| {
        ws.on_upgrade(async |mut socket| {
            sleep(LONG).await;
            Ok(socket.send_json(&"still here").await?)
        })
    };
    let client = Client::new(limited().get("/", talk));
    let mut socket = client.websocket("/").await.expect("it is upgraded");
    let text = socket.recv_json::<String>().await;
    assert_eq!(text.as_deref(), Some("still here"));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_was_read_in_part_is_not_taken_for_a_whole_one() {
    async fn outside(cx: &mut Context, next: Next<'_>) -> Response {
        let response = next.run(cx).await;
        let read = cx.bytes().await.map(|bytes| bytes.len());
        assert!(read.is_err(), "{read:?}");
        response
    }
    let chunks = stream::unfold(0, async |number| {
        match number {
            1 => sleep(10 * SECOND).await,
            2 => return None,
            _ => {}
        }
        Some((Ok::<_, std::io::Error>("half"), number + 1))
    });
    let app = Group::new("").with(outside).with(Timeout::new(SECOND));
    let app = app.post("/", async |text: String| text);
    Client::new(app)
        .post("/")
        .body(Body::from_stream(chunks))
        .await
        .is(503);
}

#[tokio::test(start_paused = true)]
async fn the_shorter_time_counts() {
    let inner = Group::new("/in").with(Timeout::new(SECOND).status(504));
    let inner = inner.get("/", async || pending::<String>().await);
    let app = Group::new("").with(Timeout::new(10 * SECOND));
    let app = app.nest(inner).get("/", async || pending::<String>().await);
    let client = Client::new(app);
    client.get("/in/").await.is(504);
    client.get("/").await.is(503);
}

#[tokio::test(start_paused = true)]
async fn the_longest_time_works() {
    let app = Group::new("")
        .with(Timeout::new(Duration::MAX))
        .get("/", async || "home");
    Client::new(app).get("/").await.has_text("home");
}

#[test]
fn contradictory_settings_are_found_at_start() {
    let errors = flaws(Group::new("").with(Timeout::new(Duration::ZERO)));
    assert!(
        errors.contains("Timeout (gin-core/tests/limits/timeouts.rs:"),
        "{errors}"
    );
    assert!(errors.contains("set a longer time"), "{errors}");
    let errors = flaws(Group::new("").with(Timeout::new(SECOND).status(200)));
    assert!(
        errors.contains("200 is not the status of an error; use 503 or 504"),
        "{errors}"
    );
}
