//! JSON events for tools, one a line, on standard output.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::page;
use crate::state::{Chunk, Phase, Status, Writer};
use crate::terminal::keys::Key;
use crate::terminal::run::Urls;
use crate::terminal::screen::Screen;

/// The screen for tools. Events are `listening`, `phase`, `output` and `notice`.
#[derive(Debug, Default)]
pub(super) struct Json {
    /// The attempt, the phase, and the number of its warnings once it is ready, as they were written last. Progress within a phase is
    /// not written.
    last: Option<(u64, &'static str, usize)>,
}

impl Screen for Json {
    fn listening(&mut self, status: &Status, urls: &Urls) {
        write(&json!({
            "event": "listening",
            "url": urls.local,
            "network": urls.network,
            "target": status.target.name,
        }));
    }

    fn show(&mut self, status: &Status) {
        let warnings = match status.phase {
            Phase::Ready(_) => status.diagnostics.warnings(),
            _ => 0,
        };
        let now = (status.attempt, status.phase.name(), warnings);
        if self.last.replace(now) == Some(now) && !matches!(status.phase, Phase::Starting(_)) {
            return;
        }
        let mut event = page::status_json(status);
        event["event"] = "phase".into();
        write(&event);
    }

    fn output(&mut self, chunk: &Chunk) {
        let text = String::from_utf8_lossy(&chunk.bytes);
        let mut event = json!({ "event": "output", "stream": chunk.stream.name(), "text": text });
        match &chunk.writer {
            Writer::App => {}
            Writer::Side(name) => event["with"] = (**name).into(),
            Writer::Hook(name) => event["hook"] = (**name).into(),
        }
        write(&event);
    }

    fn notice(&mut self, text: &str) {
        write(&json!({ "event": "notice", "text": text }));
    }

    fn press(&mut self, _: Key) {}
}

fn write(event: &Value) {
    let mut stdout = std::io::stdout().lock();
    // Writing to a reader that is gone fails, and that is fine.
    let _ = writeln!(stdout, "{event}").and_then(|()| stdout.flush());
}
