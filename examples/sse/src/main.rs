//! Server-sent events: each message reaches every open page, and a page that was away gets what it missed.

use std::sync::{Arc, Mutex};

use gin::extract::LastEventId;
use gin::prelude::*;
use gin::response::{Event, Sse};
use serde::Deserialize;
use tokio::sync::watch;

/// All messages, and the number of them, for which streams wait.
#[derive(Clone, Default)]
struct Feed {
    messages: Arc<Mutex<Vec<String>>>,
    count: watch::Sender<usize>,
}

impl Feed {
    fn publish(&self, message: String) {
        let mut messages = self.messages.lock().unwrap();
        messages.push(message);
        self.count.send_replace(messages.len());
    }

    fn after(&self, count: usize) -> Vec<String> {
        self.messages
            .lock()
            .unwrap()
            .iter()
            .skip(count)
            .cloned()
            .collect()
    }
}

#[derive(Deserialize)]
struct Message {
    text: String,
}

#[get("/events")]
async fn events(State(feed): State<Feed>, last: Option<LastEventId>) -> Sse {
    let mut seen = last
        .and_then(|LastEventId(id)| id.parse().ok())
        .unwrap_or(0);
    let mut count = feed.count.subscribe();
    Sse::from_writer(async move |events| {
        loop {
            for message in feed.after(seen) {
                seen += 1;
                events
                    .send(Event::data(message).id(seen.to_string()))
                    .await?;
            }
            count.wait_for(|count| *count > seen).await?;
        }
    })
}

#[post("/messages")]
async fn publish(State(feed): State<Feed>, Form(message): Form<Message>) -> StatusCode {
    feed.publish(message.text);
    StatusCode::NO_CONTENT
}

#[get("/")]
async fn page() -> Html<&'static str> {
    Html(include_str!("page.html"))
}

fn app() -> Group {
    gin::default()
        .state(Feed::default())
        .mount(routes![page, events, publish])
}

#[gin::main]
async fn main() -> gin::Result<()> {
    app().run().await
}

#[cfg(test)]
mod tests;
