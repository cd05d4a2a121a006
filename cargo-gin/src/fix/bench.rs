//! A workspace of its own with a build that suggests edits, for tests.

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

/// A fixer in a workspace of its own.
pub(super) struct Bench {
    pub(super) folder: TempDir,
    pub(super) fixer: Fixer,
    pub(super) status: watch::Sender<Status>,
}

/// The part of a suggestion that replaces `old`, where it first stands in `text`.
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

/// `part` with a member of another value.
pub(super) fn but(mut part: Value, member: &str, value: impl Into<Value>) -> Value {
    part[member] = value.into();
    part
}

/// A diagnostic with these suggestions: alternatives, each of several parts.
pub(super) fn suggesting(suggestions: &[&[Value]]) -> Diagnostic {
    let child = |spans: &&[Value]| json!({ "message": "try", "level": "help", "spans": spans });
    let children: Vec<_> = suggestions.iter().map(child).collect();
    let message = json!({ "message": "m", "level": "error", "children": children });
    Diagnostic {
        origin: Origin::Rustc,
        package: "blog".to_owned(),
        message: serde_json::from_value(message).unwrap(),
    }
}

impl Bench {
    /// A build of these files said this.
    pub(super) fn new(files: &[(&str, &str)], said: impl IntoIterator<Item = Diagnostic>) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Bench::within(folder, said)
    }

    pub(super) fn within(folder: TempDir, said: impl IntoIterator<Item = Diagnostic>) -> Bench {
        let library =
            Library::new(folder.path(), &[]).with_generated([&*folder.path().join("target")]);
        let mut diagnostics = Diagnostics::default();
        for diagnostic in said {
            diagnostics.push(diagnostic);
            diagnostics.snapshot(&library);
        }
        let (status, statuses) = watch::channel(Status {
            target: Arc::new(Target {
                package: "blog".to_owned(),
                name: "blog".to_owned(),
                root: folder.path().to_owned(),
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
            history: History::default(),
        });
        Bench {
            folder,
            fixer: Fixer::new(statuses),
            status,
        }
    }

    /// `src/main.rs`, where rustc suggests to leave out the `mut`.
    pub(super) fn unused_mut() -> Bench {
        let part = part(MAIN, TEXT, "mut ", "");
        Bench::new(&[(MAIN, TEXT)], [suggesting(&[&[part]])])
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
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
