//! A request that arrives after a save is answered by the new code, or by a page that says why not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gin_tests::{Client, Gate, Response, Sandbox};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

/// A client that asks every 10 ms, whether it has been answered or not. A hundred waiting requests are all that the dev
/// server keeps, so on a slow machine it waits with the next one.
struct Impatient {
    stop: oneshot::Sender<()>,
    answers: JoinHandle<Vec<Timed>>,
}

/// An answer, and from when to when it took.
struct Timed {
    asked: Instant,
    received: Instant,
    answer: Response,
}

impl Impatient {
    /// Starts it, and waits for its first answer.
    async fn start(client: Client) -> Impatient {
        let (stop, mut stopped) = oneshot::channel();
        let first = Timed::get(client).await;
        let answers = tokio::spawn(async move {
            let mut beat = interval(Duration::from_millis(10));
            beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let waiting = Arc::new(Semaphore::new(90));
            let mut asked = Vec::new();
            while stopped.try_recv().is_err() {
                beat.tick().await;
                let place = waiting.clone().acquire_owned().await.expect("it is open");
                asked.push(tokio::spawn(async move {
                    let answer = Timed::get(client).await;
                    drop(place);
                    answer
                }));
            }
            let mut answers = vec![first];
            for answer in asked {
                answers.push(answer.await.expect("the client lives"));
            }
            answers
        });
        Impatient { stop, answers }
    }

    /// All answers, in the order in which they were asked for.
    async fn stop(self) -> Vec<Timed> {
        self.stop.send(()).expect("the client lives");
        self.answers.await.expect("the client lives")
    }
}

impl Timed {
    async fn get(client: Client) -> Timed {
        let asked = Instant::now();
        let answer = client.get("/").outcome().await;
        Timed {
            asked,
            received: Instant::now(),
            answer: answer.expect("no connection is refused, reset or cut"),
        }
    }
}

/// Fails when a request that was made after an answer of one age had been received got one of an earlier age.
fn assert_never_older(answers: &[Timed], age: impl Fn(&Response) -> u32) {
    for newer in answers {
        for older in answers.iter().filter(|older| older.asked > newer.received) {
            let (before, after) = (age(&newer.answer), age(&older.answer));
            assert!(before <= after, "{after} was answered after {before}");
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
    let answers = client.stop().await;
    assert_never_older(&answers, version);
    assert_eq!(answers.first().map(|first| version(&first.answer)), Some(1));
    assert_eq!(answers.last().map(|last| version(&last.answer)), Some(11));
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

    let answers = client.stop().await;
    assert_never_older(&answers, |answer| match answer.status {
        500 => 2,
        _ if version(answer) == 1 => 1,
        _ => 3,
    });
    assert!(answers.iter().any(|timed| timed.answer.status == 500));
}

/// The number in `v7`.
fn version(answer: &Response) -> u32 {
    let text = answer.clone().is(200).text();
    let number = text
        .strip_prefix('v')
        .and_then(|number| number.parse().ok());
    number.expect("the app says a version")
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
async fn fifty_saves_are_fifty_new_answers() {
    let app = Sandbox::new("plain").dev().await;
    for number in 2..=51 {
        let text = format!("v{number}");
        app.say(&text);
        app.get("/").await.is(200).says(&text);
    }
}

#[tokio::test]
async fn of_many_quick_saves_the_last_one_counts() {
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
    let answer = held.await.unwrap().unwrap();
    answer.is(200).says("v1");
}

#[tokio::test]
async fn a_request_that_the_old_app_has_is_answered_before_it_ends() {
    let gate = Gate::new().await;
    let start = Sandbox::new("plain").dev().arg("--grace=1m");
    let app = start.env("GATE", gate.address()).await;
    let asked = tokio::spawn(app.get("/gate").post("").outcome());
    let slow = gate.arrival().await;
    app.say("v2");
    let next = tokio::spawn(app.get("/").outcome());
    app.phase("building").await;
    slow.pass().await;
    asked.await.unwrap().unwrap().is(200).says("v1");
    next.await.unwrap().unwrap().is(200).says("v2");
}

#[tokio::test]
async fn a_connection_lives_through_edits() {
    let app = Sandbox::new("plain").dev().await;
    let mut line = app.connect().await;
    line.get("/").await.is(200).says("v1");
    for text in ["v2", "v3"] {
        app.say(text);
        line.get("/").await.is(200).says(text);
    }
    app.edit("src/main.rs", "fn main() { oops }");
    line.get("/").await.is(500).shows("oops");
    app.edit("src/main.rs", "fn main() { panic!(\"no database\") }");
    line.get("/").await.is(502).shows("no database");
    app.edit("src/main.rs", "fn main() { http::serve(\"v4\") }");
    line.get("/").await.is(200).says("v4");
}
