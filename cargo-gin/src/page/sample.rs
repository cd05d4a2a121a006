//! Statuses as the loop makes them, for tests.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::change::Cause;
use crate::diagnostics::{Diagnostic, Diagnostics, Message, Origin};
use crate::history::{History, Timings};
use crate::phase::{Phase, Status, Stream, Tail, TailLine, Target};
use crate::source::Library;

/// A status of build 7 of the app `blog`, made because `src/main.rs` changed.
pub(super) fn status(phase: Phase, diagnostics: Diagnostics) -> Status {
    Status {
        target: Arc::new(Target {
            package: "blog".to_owned(),
            name: "blog".to_owned(),
            root: PathBuf::from("/home/ann/blog"),
            packages: Vec::new(),
            reports: false,
        }),
        build: 7,
        cause: Cause::Changed(vec![PathBuf::from("src/main.rs")]),
        since: Instant::now(),
        phase,
        diagnostics: Arc::new(diagnostics),
        timings: Timings {
            build: Some(Duration::from_millis(834)),
            start: None,
        },
        history: History::default(),
    }
}

/// rustc's messages, one a line, as it said them of the crate `blog` in the folder `root`.
pub(super) fn diagnostics(lines: &str, root: &Path) -> Diagnostics {
    let library = Library::new(root, &[]);
    let mut diagnostics = Diagnostics::default();
    for line in lines.lines().filter(|line| line.starts_with('{')) {
        let message: Message = serde_json::from_str(line).expect("rustc writes messages");
        diagnostics.push(Diagnostic {
            origin: Origin::Rustc,
            package: "blog".to_owned(),
            message,
        });
        diagnostics.snapshot(&library);
    }
    diagnostics
}

/// Lines that an app wrote to standard error.
pub(super) fn tail(text: &str) -> Tail {
    let mut tail = Tail::default();
    for line in text.lines() {
        tail.push(TailLine {
            stream: Stream::Stderr,
            text: line.to_owned(),
        });
    }
    tail
}
