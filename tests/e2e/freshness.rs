//! The freshness promise: a request that arrives after a save gets a response from the new code, or a page that says why not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gin_tests::{Client, Gate, Response, Sandbox};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

/// A client that sends a request every 10 ms, also while others are pending.
///
/// On a slow machine it waits for responses before it sends more, so that the machine is not busy with requests alone.
struct Impatient {
    stop: oneshot::Sender<()>,
    responses: JoinHandle<Vec<Timed>>,
}

/// A response, with the times of the request and of the response.
struct Timed {
    sent: Instant,
    received: Instant,
    response: Response,
}

impl Impatient {
    /// Starts it, and waits for its first response.
    async fn start(client: Client) -> Impatient {
        let (stop, mut stopped) = oneshot::channel();
        let first = Timed::get(client).await;
        let responses = tokio::spawn(async move {
            let mut ticks = interval(Duration::from_millis(10));
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let waiting = Arc::new(Semaphore::new(90));
            let mut pending = Vec::new();
            while stopped.try_recv().is_err() {
                ticks.tick().await;
                let permit = waiting
                    .clone()
                    .acquire_owned()
                    .await
                    .expect("the semaphore is open");
                pending.push(tokio::spawn(async move {
                    let response = Timed::get(client).await;
                    drop(permit);
                    response
                }));
            }
            let mut responses = vec![first];
            for response in pending {
                responses.push(response.await.expect("the client runs"));
            }
            responses
        });
        Impatient { stop, responses }
    }

    /// Stops it, and returns all responses in the order of their requests.
    async fn stop(self) -> Vec<Timed> {
        self.stop.send(()).expect("the client runs");
        self.responses.await.expect("the client runs")
    }
}

impl Timed {
    async fn get(client: Client) -> Timed {
        let sent = Instant::now();
        let response = client.get("/").outcome().await;
        Timed {
            sent,
            received: Instant::now(),
            response: response.expect("no connection is refused, reset or cut"),
        }
    }
}

/// Fails if a response is older than one that had been received before its request was sent.
fn assert_never_older(responses: &[Timed], age: impl Fn(&Response) -> u32) {
    for newer in responses {
        for older in responses.iter().filter(|older| older.sent > newer.received) {
            let (before, after) = (age(&newer.response), age(&older.response));
            assert!(before <= after, "{after} came after {before}");
        }
    }
}

async fn no_request_is_lost_through_ten_edits(fixture: &str) {
    let app = Sandbox::new(fixture).dev().await;
    app.get("/").await.is(200).says("v1");
    let client = Impatient::start(Client::new(app.address())).await;
    for number in 2..=11 {
        let text = format!("v{number}");
        app.say(&text);
        app.get("/").await.is(200).says(&text);
    }
    let responses = client.stop().await;
    assert_never_older(&responses, version);
    assert_eq!(
        responses.first().map(|first| version(&first.response)),
        Some(1)
    );
    assert_eq!(
        responses.last().map(|last| version(&last.response)),
        Some(11)
    );
}

async fn no_request_is_lost_through_a_broken_edit(fixture: &str) {
    let app = Sandbox::new(fixture).dev().await;
    app.get("/").await.is(200).says("v1");
    let client = Impatient::start(Client::new(app.address())).await;
    app.edit("src/main.rs", "fn main() { oops }");
    app.get("/").await.is(500).shows("cannot find value `oops`");
    app.restore("src/main.rs");
    app.say("v2");
    app.get("/").await.is(200).says("v2");

    let responses = client.stop().await;
    assert_never_older(&responses, |response| match response.status {
        500 => 2,
        _ if version(response) == 1 => 1,
        _ => 3,
    });
    assert!(responses.iter().any(|timed| timed.response.status == 500));
}

/// Returns the number in a response `v7`.
fn version(response: &Response) -> u32 {
    let text = response.clone().is(200).text();
    let number = text
        .strip_prefix('v')
        .and_then(|number| number.parse().ok());
    number.expect("the response is a version")
}

#[tokio::test]
async fn no_request_to_an_app_that_opens_its_port_is_lost() {
    no_request_is_lost_through_ten_edits("axum").await;
    no_request_is_lost_through_a_broken_edit("axum").await;
}

#[tokio::test]
async fn no_request_to_an_app_that_takes_its_socket_is_lost() {
    no_request_is_lost_through_ten_edits("listenfd").await;
    no_request_is_lost_through_a_broken_edit("listenfd").await;
}

#[tokio::test]
async fn fifty_saves_give_fifty_new_responses() {
    let app = Sandbox::new("plain").dev().await;
    for number in 2..=51 {
        let text = format!("v{number}");
        app.say(&text);
        app.get("/").await.is(200).says(&text);
    }
}

#[tokio::test]
async fn the_last_of_many_quick_saves_counts() {
    let app = Sandbox::new("plain").dev().await;
    app.get("/").await.is(200).says("v1");
    for round in 0..3 {
        for number in 0..20 {
            app.say(&format!("v{round}.{number}"));
        }
        app.get("/").await.is(200).says(&format!("v{round}.19"));
    }
}

#[tokio::test]
async fn a_request_is_held_until_the_app_listens() {
    let gate = Gate::new().await;
    let main = "fn main() { http::wait_at_gate(); http::serve(\"v1\") }";
    let start = Sandbox::with_main(main).dev();
    let app = start.env("GATE", gate.address()).await;
    let held = tokio::spawn(app.get("/").outcome());
    let slow = gate.arrival().await;
    assert!(!held.is_finished());
    slow.pass().await;
    let response = held.await.unwrap().unwrap();
    response.is(200).says("v1");
}

#[tokio::test]
async fn a_pending_request_is_completed_before_the_old_app_exits() {
    let gate = Gate::new().await;
    let start = Sandbox::new("plain").dev().arg("--grace=1m");
    let app = start.env("GATE", gate.address()).await;
    let pending = tokio::spawn(app.get("/gate").post("").outcome());
    let slow = gate.arrival().await;
    app.say("v2");
    let next = tokio::spawn(app.get("/").outcome());
    app.phase("building").await;
    slow.pass().await;
    pending.await.unwrap().unwrap().is(200).says("v1");
    next.await.unwrap().unwrap().is(200).says("v2");
}

#[tokio::test]
async fn a_connection_survives_edits() {
    let app = Sandbox::new("plain").dev().await;
    let mut connection = app.connect().await;
    connection.get("/").await.is(200).says("v1");
    for text in ["v2", "v3"] {
        app.say(text);
        connection.get("/").await.is(200).says(text);
    }
    app.edit("src/main.rs", "fn main() { oops }");
    connection.get("/").await.is(500).shows("oops");
    app.edit("src/main.rs", "fn main() { panic!(\"no database\") }");
    connection.get("/").await.is(502).shows("no database");
    app.edit("src/main.rs", "fn main() { http::serve(\"v4\") }");
    connection.get("/").await.is(200).says("v4");
}
