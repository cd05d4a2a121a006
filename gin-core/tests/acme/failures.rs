//! An authority that refuses.

use std::fmt::{self, Write};
use std::sync::{Arc, Mutex};

use tempfile::tempdir;
use tokio::task::yield_now;
use tokio::time::timeout;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::fixture::{LONG, Running, acme, socket};
use crate::pebble::{Pebble, Settings};

/// The messages of warnings.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

struct Message(String);

impl tracing::field::Visit for Message {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            write!(self.0, "{value:?}").expect("a string takes it");
        }
    }
}

impl<S: tracing::Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == tracing::Level::WARN {
            let mut message = Message(String::new());
            event.record(&mut message);
            self.0.lock().expect("no test panics").push(message.0);
        }
    }
}

#[tokio::test]
async fn a_refusal_is_one_line_with_name_cause_and_next_try_and_others_get_theirs() {
    let warnings = Warnings::default();
    let subscriber = tracing_subscriber::registry().with(warnings.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let (listener, port) = socket().await;
    let Some(pebble) = Pebble::start(Settings::new(port)).await else {
        return;
    };
    let cache = tempdir().unwrap();
    let names = ["refused.example", "example.com"];
    let server = Running::new(listener, acme(&pebble, &names, cache.path()));
    let client = pebble.client().await;
    server.secured(&client, "example.com").await;
    let logged = async {
        while warnings.0.lock().unwrap().is_empty() {
            yield_now().await;
        }
    };
    timeout(LONG, logged).await.expect("there is a warning");
    let warnings = warnings.0.lock().unwrap().clone();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    let warning = &warnings[0];
    for part in [
        "refused.example has no",
        "rejectedIdentifier",
        "the next try is in",
    ] {
        assert!(warning.contains(part), "{warning}");
    }
    // Its clients get an alert, not the certificate of the other name.
    let error = server
        .connect(&client, "refused.example")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("alert"), "{error}");
}
