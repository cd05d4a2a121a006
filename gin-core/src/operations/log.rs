//! A log on the standard error, for apps that install no `tracing` subscriber.

use std::env;
use std::fmt::{self, Write as _};
use std::io::{Write as _, stderr};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber, span};
#[cfg(feature = "telemetry")]
use tracing_subscriber::layer::{self, Layer};
#[cfg(feature = "telemetry")]
use tracing_subscriber::registry::LookupSpan;

/// A subscriber that writes events to the standard error, one a line. Spans are ignored.
pub(super) struct StderrLog {
    max_level: Level,
}

impl StderrLog {
    /// Returns a log of the level `RUST_LOG`. Default: `info`.
    pub(super) fn of_environment() -> StderrLog {
        let level = env::var("RUST_LOG").ok();
        let max_level = level.and_then(|level| level.parse().ok());
        StderrLog {
            max_level: max_level.unwrap_or(Level::INFO),
        }
    }
}

/// Writes an event, with the id of its trace if it is in one.
fn write(event: &Event<'_>, trace: Option<String>) {
    let mut text = EventText(String::new());
    event.record(&mut text);
    if let Some(trace) = trace {
        let _ = write!(text.0, " trace_id={trace}");
    }
    let (level, target) = (event.metadata().level(), event.metadata().target());
    // A log that cannot be written must not fail the app.
    let _ = writeln!(stderr(), "{level:>5} {target}:{}", text.0);
}

/// Writes events of the level `RUST_LOG` and above to the standard error, unless the app has installed a subscriber. Default:
/// `info`.
pub(crate) fn log_events() {
    // It fails if the app has a subscriber.
    let _ = tracing::subscriber::set_global_default(StderrLog::of_environment());
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
        write(event, None);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// The log beside an export of spans.
#[cfg(feature = "telemetry")]
impl<S> Layer<S> for StderrLog
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_event(&self, event: &Event<'_>, context: layer::Context<'_, S>) {
        if *event.metadata().level() > self.max_level {
            return;
        }
        let mut spans = context.event_scope(event).into_iter().flatten();
        let trace = spans.find_map(|span| Some(span.extensions().get::<InTrace>()?.0.clone()));
        write(event, trace);
    }

    /// Keeps the id of a trace, which the middleware [`Trace`](crate::operations::Trace) records.
    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, context: layer::Context<'_, S>) {
        let mut found = FoundTrace(None);
        values.record(&mut found);
        if let (Some(trace), Some(span)) = (found.0, context.span(id)) {
            span.extensions_mut().replace(InTrace(trace));
        }
    }
}

/// The id of the trace that a span belongs to.
#[cfg(feature = "telemetry")]
struct InTrace(String);

/// The id of a trace, if it is among the values of a record.
#[cfg(feature = "telemetry")]
struct FoundTrace(Option<String>);

#[cfg(feature = "telemetry")]
impl Visit for FoundTrace {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "trace_id" {
            self.0 = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
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
