//! A request that arrives after a save is answered by the new code, or by a page that says why not.

use std::sync::Arc;
use std::time::Duration;

use gin_tests::{Answer, Client, Gate, Sandbox};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

/// A client that asks every 10 ms, whether it has been answered or not. A hundred waiting requests are all that the dev
/// server keeps, so on a slow machine it waits with the next one.
struct Impatient {
    stop: oneshot::Sender<()>,
    answers: JoinHandle<Vec<Answer>>,
}

impl Impatient {
    /// Starts it, and waits for its first answer.
    async fn start(client: Client) -> Impatient {
        let (stop, mut stopped) = oneshot::channel();
        let first = client.get("/").await;
        let answers = tokio::spawn(async move {
            let mut beat = interval(Duration::from_millis(10));
            beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let waiting = Arc::new(Semaphore::new(90));
            let mut asked = Vec::new();
            while stopped.try_recv().is_err() {
                beat.tick().await;
                let place = waiting.clone().acquire_owned().await.expect("it is open");
                asked.push(tokio::spawn(async move {
                    let answer = client.get("/").outcome().await;
                    drop(place);
                    answer
                }));
            }
            let mut answers = vec![first];
            for answer in asked {
                let answer = answer.await.expect("the client lives");
                answers.push(answer.expect("no connection is refused, reset or cut"));
            }
            answers
        });
        Impatient { stop, answers }
    }

    /// All answers, in the order in which they were asked for.
    async fn stop(self) -> Vec<Answer> {
        self.stop.send(()).expect("the client lives");
        self.answers.await.expect("the client lives")
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
    let versions = answered(&client.stop().await);
    assert!(
        versions.is_sorted(),
        "old code answered after new: {versions:?}"
    );
    assert_eq!(versions.first(), Some(&1));
    assert_eq!(versions.last(), Some(&11));
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
    let broken = answers.iter().filter(|answer| answer.status == 500).count();
    let first_broken = answers.iter().position(|answer| answer.status == 500);
    let (old, rest) = answers.split_at(first_broken.expect("somebody asked meanwhile"));
    let (pages, new) = rest.split_at(broken);
    assert!(answered(old).iter().all(|version| *version == 1));
    assert!(pages.iter().all(|page| page.status == 500));
    assert!(answered(new).iter().all(|version| *version == 2));
}

/// The number in each `v7`.
fn answered(answers: &[Answer]) -> Vec<u32> {
    let number = |answer: &Answer| {
        let text = answer.clone().is(200).text();
        let number = text
            .strip_prefix('v')
            .and_then(|number| number.parse().ok());
        number.expect("the app says a version")
    };
    answers.iter().map(number).collect()
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
