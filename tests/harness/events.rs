//! The output of a running program, line by line.

use std::io::{BufRead, BufReader, Read};
use std::thread;

use serde_json::Value;
use tokio::sync::watch;

use crate::timeout::within;

/// The lines that a program has written to a stream so far, as JSON values.
#[derive(Clone, Debug)]
pub struct Events(watch::Receiver<Vec<Value>>);

impl Events {
    /// Reads a stream to its end. A line that is not JSON becomes a string.
    pub(crate) fn read(stream: impl Read + Send + 'static) -> Events {
        let (sender, receiver) = watch::channel(Vec::new());
        thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n') {
                let Ok(line) = line else { return };
                let event = serde_json::from_slice(&line)
                    .unwrap_or_else(|_| String::from_utf8_lossy(&line).into());
                sender.send_modify(|events| events.push(event));
            }
        });
        Events(receiver)
    }

    /// Waits for an event that matches `fits`, and returns the first one. It may already have been received.
    pub async fn find(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let mut events = self.0.clone();
        let found = within(what, events.wait_for(|events| events.iter().any(&fits))).await;
        let found = found.unwrap_or_else(|_| panic!("the program exited before {what}"));
        let event = found.iter().find(|event| fits(event));
        event.expect("an event matches").clone()
    }

    /// Waits for a line after the first `seen` ones that contains `words`. Returns the line, and the number of lines up to it.
    pub(crate) async fn find_after(&self, seen: usize, words: &str) -> (usize, String) {
        let fits = |event: &Value| event.as_str().is_some_and(|line| line.contains(words));
        let place = |events: &[Value]| events.iter().skip(seen).position(fits);
        let mut events = self.0.clone();
        let found = within(words, events.wait_for(|events| place(events).is_some())).await;
        let found = found.unwrap_or_else(|_| panic!("the program exited before {words}"));
        let place = seen + place(&found).expect("a line matches");
        (
            place + 1,
            found[place].as_str().unwrap_or_default().to_owned(),
        )
    }

    /// Returns all events received so far.
    pub fn all(&self) -> Vec<Value> {
        self.0.borrow().clone()
    }

    /// Waits for the end of the stream, and returns all events.
    pub async fn rest(&self) -> Vec<Value> {
        let mut events = self.0.clone();
        within("the end of the program's output", async {
            while events.changed().await.is_ok() {}
        })
        .await;
        self.all()
    }

    /// Returns the lines as text.
    pub fn text(&self) -> String {
        let lines = self.all().into_iter().map(|event| match event {
            Value::String(line) => line,
            event => event.to_string(),
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}
