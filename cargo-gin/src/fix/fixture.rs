//! A temporary workspace with a build that suggests edits, for tests.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::diagnostics::{Diagnostic, Diagnostics, Origin};
use crate::fix::{Choice, Fixer, Refused};
use crate::source::{Library, Source};
use crate::state::{Cause, History, Phase, Recipe, Status, Target, Timings};

pub(super) const MAIN: &str = "src/main.rs";
pub(super) const TEXT: &str = "fn main() { let mut x = 1; }\n";
pub(super) const MADE: &str = "fn main() { let x = 1; }\n";

/// A fixer in a temporary workspace.
pub(super) struct Fixture {
    pub(super) directory: TempDir,
    pub(super) fixer: Fixer,
    pub(super) status: watch::Sender<Status>,
}

/// Makes the part of a suggestion that replaces the first `old` in `text`.
pub(super) fn part(file: &str, text: &str, old: &str, new: &str) -> Value {
    let start = text.find(old).unwrap();
    let source = Source::new(text);
    let place = |offset: usize| {
        let line = text[..offset].matches('\n').count() + 1;
        let before = &text[source.start(line).unwrap()..offset];
        let column = before.trim_start_matches('\u{feff}').chars().count() + 1;
        (line, column)
    };
    let (first, last) = (place(start), place(start + old.len()));
    let quoted = source.line(first.0).unwrap();
    json!({
        "file_name": file, "byte_start": start, "byte_end": start + old.len(),
        "line_start": first.0, "column_start": first.1, "line_end": last.0, "column_end": last.1,
        "text": [{
            "text": quoted.trim_start_matches('\u{feff}'), "highlight_start": 1, "highlight_end": 2,
        }],
        "is_primary": true, "suggested_replacement": new, "suggestion_applicability": "MachineApplicable",
    })
}

/// Replaces the value of a member of `part`.
pub(super) fn but(mut part: Value, member: &str, value: impl Into<Value>) -> Value {
    part[member] = value.into();
    part
}

/// Makes a diagnostic with these suggestions: alternatives, each of several parts.
pub(super) fn suggesting(suggestions: &[&[Value]]) -> Diagnostic {
    let child = |spans: &&[Value]| json!({ "message": "try", "level": "help", "spans": spans });
    let children: Vec<_> = suggestions.iter().map(child).collect();
    let message = json!({ "message": "m", "level": "error", "children": children });
    let message = serde_json::from_value(message).unwrap();
    Diagnostic::new(Origin::Rustc, "blog", message)
}

impl Fixture {
    /// Writes the files and reports the diagnostics as those of their build.
    pub(super) fn new(
        files: &[(&str, &str)],
        reported: impl IntoIterator<Item = Diagnostic>,
    ) -> Fixture {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Fixture::within(directory, reported)
    }

    pub(super) fn within(
        directory: TempDir,
        reported: impl IntoIterator<Item = Diagnostic>,
    ) -> Fixture {
        let library =
            Library::new(directory.path(), &[]).with_generated([&*directory.path().join("target")]);
        let mut diagnostics = Diagnostics::default();
        for diagnostic in reported {
            diagnostics.push(diagnostic);
            diagnostics.snapshot(&library);
        }
        let (status, statuses) = watch::channel(Status {
            target: Arc::new(Target {
                role: crate::state::Role::App,
                package: "blog".to_owned(),
                name: "blog".to_owned(),
                root: directory.path().to_owned(),
                packages: Vec::new(),
                reports: false,
                recipe: Recipe::default(),
            }),
            attempt: 7,
            cause: Cause::Started,
            since: Instant::now(),
            phase: Phase::Failed,
            diagnostics: Arc::new(diagnostics),
            timings: Timings::default(),
            edition: 0,
            muted: None,
            revival: crate::state::Revival::Save,
            history: History::default(),
            front: 3000,
        });
        Fixture {
            directory,
            fixer: Fixer::new(statuses),
            status,
        }
    }

    /// Writes `src/main.rs` with a `mut` that rustc suggests to remove.
    pub(super) fn unused_mut() -> Fixture {
        let part = part(MAIN, TEXT, "mut ", "");
        Fixture::new(&[(MAIN, TEXT)], [suggesting(&[&[part]])])
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(super) fn fix(&mut self, choice: Choice) -> Result<Vec<String>, Refused> {
        self.fixer.fix(7, choice).map(|fixed| fixed.files)
    }

    pub(super) fn undo(&mut self) -> Result<Vec<String>, Refused> {
        self.fixer.undo().map(|fixed| fixed.files)
    }

    pub(super) fn remarks(&self) -> Arc<Diagnostics> {
        self.status.borrow().diagnostics.clone()
    }
}
