//! Cargo's standard error: progress, and the errors that have no JSON.

use std::collections::HashSet;

use crate::builder::last_words::LastWords;
use crate::cargo::StatusLine;
use crate::diagnostics::{Diagnostic, Origin};
use crate::state::Progress;

/// Reads cargo's standard error line by line.
#[derive(Debug, Default)]
pub(super) struct Stderr {
    progress: Progress,
    /// The lines of an error or a warning that is not complete yet.
    open: Vec<String>,
    /// The warnings so far. If the build fails, cargo prints those of build scripts a second time.
    warned: HashSet<String>,
    last_words: LastWords,
}

/// The result of reading a line.
pub(super) enum StderrEvent {
    /// The build has made progress.
    Progress,
    /// An error or warning is complete.
    Diagnostic(Diagnostic),
    /// Nothing yet.
    Nothing,
}

impl Stderr {
    /// The number of lines of an error that are kept: more than anyone reads of a build script's output.
    const LINES: usize = 500;
    /// The number of characters of each line that are kept.
    const WIDTH: usize = 4096;

    /// Reads a line.
    pub(super) fn read(&mut self, line: &str) -> StderrEvent {
        if let Some(status_line) = StatusLine::parse(line) {
            self.progress.advance(status_line);
            return match self.end() {
                Some(diagnostic) => StderrEvent::Diagnostic(diagnostic),
                None => StderrEvent::Progress,
            };
        }
        let finished = match level(line) {
            Some(_) => self.end(),
            None => None,
        };
        let is_continued = !self.open.is_empty() && self.open.len() < Self::LINES;
        if level(line).is_some() || is_continued {
            let line = match self.open.first().and_then(|first| killed(first, line)) {
                Some(signal) => format!("  {KILLED}{signal}"),
                None => line.chars().take(Self::WIDTH).collect(),
            };
            self.open.push(line);
        } else if self.open.is_empty() {
            self.last_words.push(line);
        }
        finished.map_or(StderrEvent::Nothing, StderrEvent::Diagnostic)
    }

    pub(super) fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Returns the words of a compiler that failed without an error, each line after a line break.
    pub(super) fn last_words(&self) -> String {
        self.last_words.text()
    }

    /// Names the process that holds the lock that cargo waits for.
    pub(super) fn held_by(&mut self, holder: Option<String>) {
        self.progress.held_by(holder);
    }

    /// Completes the error or warning that was being read.
    pub(super) fn end(&mut self) -> Option<Diagnostic> {
        let text = std::mem::take(&mut self.open).join("\n");
        let level = level(&text)?;
        let (_, text) = text.split_once(": ")?;
        if text.starts_with(NOT_COMPILED) {
            self.last_words.failed(text);
        } else if is_summary(text) {
            // A count is one line. What follows it is part of no message.
            let rest = text.lines().skip(1);
            rest.for_each(|line| self.last_words.push(line));
        }
        if is_summary(text) || level == Level::Warning && !self.warned.insert(text.to_owned()) {
            return None;
        }
        let is_script = text.starts_with("failed to run custom build command");
        let origin = if is_script {
            Origin::BuildScript
        } else {
            Origin::Cargo
        };
        Some(level.diagnostic(origin, text.trim_end()))
    }
}

/// The levels of what cargo prints without JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Error,
    Warning,
}

impl Level {
    fn diagnostic(self, origin: Origin, text: &str) -> Diagnostic {
        match self {
            Level::Error => Diagnostic::error(origin, text),
            Level::Warning => Diagnostic::warning(origin, text),
        }
    }
}

fn level(line: &str) -> Option<Level> {
    match line {
        _ if line.starts_with("error: ") => Some(Level::Error),
        _ if line.starts_with("warning: ") => Some(Level::Warning),
        _ => None,
    }
}

/// The beginning of cargo's error about a compiler that failed.
const NOT_COMPILED: &str = "could not compile `";

/// The words before the signal that has killed a compiler.
const KILLED: &str = "the compiler was killed by signal ";

/// Returns the signal that has killed a compiler, if that is the cause that `line` gives for the error `first`.
fn killed<'a>(first: &str, line: &'a str) -> Option<&'a str> {
    first.strip_prefix("error: ")?.strip_prefix(NOT_COMPILED)?;
    // The compiler's command line can be longer than a line that is kept; the signal is at its end.
    let (_, signal) = line.rsplit_once("` (signal: ")?;
    let signal = signal.trim_end().strip_suffix(')')?;
    Some(signal)
}

/// Returns `true` for lines that only count the errors that are known from JSON.
fn is_summary(text: &str) -> bool {
    text.starts_with(NOT_COMPILED) && !text.contains(KILLED)
        || text.starts_with("build failed, waiting for other jobs")
        || text.starts_with('`') && text.contains(" generated ") && text.contains(" warning")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostics(lines: &[&str]) -> Vec<String> {
        let mut stderr = Stderr::default();
        let mut found: Vec<Diagnostic> = Vec::new();
        for line in lines {
            if let StderrEvent::Diagnostic(diagnostic) = stderr.read(line) {
                found.push(diagnostic);
            }
        }
        found.extend(stderr.end());
        found.into_iter().map(|d| d.message.message).collect()
    }

    #[test]
    fn the_progress_bar_has_counts_and_names() {
        let mut stderr = Stderr::default();
        stderr.read("    Building [=======>      ] 37/212: hyper, tokio(build)  ");
        let progress = stderr.progress();
        assert_eq!((progress.done, progress.total), (37, 212));
        assert_eq!(progress.underway.names(), ["hyper", "tokio(build)"]);
    }

    #[test]
    fn a_lock_is_waited_for_until_something_compiles() {
        let mut stderr = Stderr::default();
        stderr.read("    Blocking waiting for file lock on build directory");
        assert_eq!(
            stderr.progress().blocked.map(|blocked| blocked.what),
            Some("file lock on build directory".to_owned())
        );
        stderr.read("   Compiling app v0.1.0 (/app)");
        assert_eq!(stderr.progress().blocked, None);
    }

    #[test]
    fn an_error_of_cargo_ends_where_the_next_one_begins() {
        let found = diagnostics(&[
            "warning: unused manifest key: package.nmae",
            "warning: app@0.1.0: no git here",
            "error: failed to select a version for `hyper`.",
            "    ... required by package `app v0.1.0`",
            "warning: app@0.1.0: no git here",
            "error: could not compile `app` (bin \"app\") due to 1 previous error",
        ]);
        assert_eq!(
            found,
            [
                "unused manifest key: package.nmae",
                "no git here",
                "failed to select a version for `hyper`."
            ]
        );
    }

    #[test]
    fn the_beginning_of_an_endless_error_is_kept() {
        let long = "é".repeat(2 * Stderr::WIDTH);
        let mut lines = vec!["error: failed to run custom build command for `app`"];
        lines.resize(2 * Stderr::LINES, &long);
        let mut stderr = Stderr::default();
        for line in lines {
            stderr.read(line);
        }
        let error = stderr.end().expect("the lines are an error");
        let kept = error.message.rendered.unwrap_or_default();
        assert_eq!(kept.lines().count(), Stderr::LINES);
        assert!(
            kept.lines()
                .all(|line| line.chars().count() <= Stderr::WIDTH)
        );
    }

    #[test]
    fn a_killed_compiler_is_an_error_that_names_the_signal() {
        let externs = "--extern x ".repeat(Stderr::WIDTH);
        let cause = format!(
            "  process didn't exit successfully: `rustc {externs}` (signal: 9, SIGKILL: kill)"
        );
        let mut stderr = Stderr::default();
        for line in [
            "error: could not compile `app` (lib)",
            "",
            "Caused by:",
            &cause,
        ] {
            stderr.read(line);
        }
        let error = stderr.end().expect("the lines are an error");
        let text = error.message.rendered.unwrap_or_default();
        assert!(text.contains("killed by signal 9, SIGKILL: kill"), "{text}");
    }

    #[test]
    fn counts_of_errors_that_are_known_are_left_out() {
        let found = diagnostics(&[
            "warning: `app` (bin \"app\") generated 1 warning",
            "    Finished `dev` profile",
        ]);
        assert_eq!(found, [""; 0]);
    }
}
