//! A log on the standard error, for apps that install no `tracing` subscriber.

use std::env;
use std::fmt::{self, Write as _};
use std::io::{Write as _, stderr};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber, span};

/// A subscriber that writes events to the standard error, one a line. Spans are ignored.
struct StderrLog {
    max_level: Level,
}

/// Writes events of the level `RUST_LOG` and above to the standard error, unless the app has installed a subscriber. Default:
/// `info`.
pub(crate) fn log_events() {
    let level = env::var("RUST_LOG").ok();
    let max_level = level.and_then(|level| level.parse().ok());
    let log = StderrLog {
        max_level: max_level.unwrap_or(Level::INFO),
    };
    // It fails if the app has a subscriber.
    let _ = tracing::subscriber::set_global_default(log);
}

impl Subscriber for StderrLog {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && *metadata.level() <= self.max_level
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = EventText(String::new());
        event.record(&mut text);
        let (level, target) = (event.metadata().level(), event.metadata().target());
        // A log that cannot be written must not fail the app.
        let _ = writeln!(stderr(), "{level:>5} {target}:{}", text.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// An event's message and fields. Control characters are escaped, so that a client cannot send any to the terminal.
struct EventText(String);

impl Visit for EventText {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = match field.name() {
            "message" => format!("{value:?}"),
            name => format!("{name}={value:?}"),
        };
        self.0.push(' ');
        for c in text.chars() {
            let _ = if c.is_control() && c != '\n' {
                write!(self.0, "{}", c.escape_default())
            } else {
                self.0.write_char(c)
            };
        }
    }
}
