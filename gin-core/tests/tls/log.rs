//! The log of all servers of this program.

use std::fmt::{self, Write};
use std::sync::{Mutex, Once, PoisonError};

use tokio::task::yield_now;
use tracing::field::Field;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Collector;

impl<S: Subscriber> Layer<S> for Collector {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        let mut line = event.metadata().level().to_string();
        event.record(&mut |field: &Field, value: &dyn fmt::Debug| {
            let _ = write!(line, " {field}: {value:?}");
        });
        lines.push(line);
    }
}

/// Collects what is logged from now on.
pub(crate) fn collect() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::registry().with(Collector).init();
    });
}

/// Returns the lines up to now that contain `part`.
pub(crate) fn lines_with(part: &str) -> Vec<String> {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    let matching = lines.iter().filter(|line| line.contains(part));
    matching.cloned().collect()
}

/// Waits for a line that contains all of `parts`.
pub(crate) async fn line(parts: &[&str]) -> String {
    loop {
        let lines = lines_with(parts[0]);
        let mut lines = lines.into_iter();
        if let Some(line) = lines.find(|line| parts.iter().all(|part| line.contains(part))) {
            return line;
        }
        yield_now().await;
    }
}
