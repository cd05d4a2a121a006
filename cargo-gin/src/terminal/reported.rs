//! The diagnostics of a build as text for a terminal.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::diagnostics::{Diagnostic, Level};
use crate::page::{self, Color, Inert};
use crate::state::Status;

/// The warnings that were reported: cargo repeats them at every build.
#[derive(Debug, Default)]
pub(super) struct Reported(HashSet<String>);

/// The diagnostics that are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    All,
    Errors,
}

impl Reported {
    /// Returns the text of the diagnostics, except warnings that the last call returned or `shown` leaves out. `url` is the dev
    /// server's.
    pub(super) fn text(
        &mut self,
        status: &Status,
        shown: Shown,
        url: &str,
        color: Color,
    ) -> String {
        let mut text = String::new();
        let mut seen = HashSet::new();
        for (id, diagnostic) in status.diagnostics.iter().enumerate() {
            let printed = diagnostic.printed();
            let is_warning = diagnostic.message.level == Level::Warning;
            if is_warning {
                seen.insert(printed.to_owned());
            }
            if !is_warning || shown == Shown::All && !self.0.contains(printed) {
                write_one(&mut text, status, id, diagnostic, url, color);
            }
        }
        self.0 = seen;
        text
    }
}

fn write_one(
    text: &mut String,
    status: &Status,
    id: usize,
    diagnostic: &Diagnostic,
    url: &str,
    color: Color,
) {
    let Some(rendered) = &diagnostic.message.rendered else {
        return;
    };
    // Writing to a string never fails.
    let _ = write!(
        text,
        "{}",
        Inert {
            text: rendered,
            color
        }
    );
    if let Some(path) = page::whole_path(status, id, diagnostic) {
        let _ = writeln!(text, "the whole text is at {url}{path}\n");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostics::{Diagnostics, Origin};
    use crate::state::{Role, Target};

    fn status(texts: &[(Level, &str)]) -> Status {
        let mut diagnostics = Diagnostics::default();
        for (level, text) in texts {
            diagnostics.push(match level {
                Level::Warning => Diagnostic::warning(Origin::Cargo, text),
                _ => Diagnostic::error(Origin::Cargo, text),
            });
        }
        let mut status = Status::new(Target::named("app", ".".as_ref(), Role::App));
        status.attempt = 7;
        status.diagnostics = Arc::new(diagnostics);
        status
    }

    fn text(reported: &mut Reported, status: &Status, shown: Shown) -> String {
        reported.text(status, shown, "http://localhost:3000", Color::Plain)
    }

    #[test]
    fn a_warning_is_reported_once_and_an_error_each_time() {
        let status = status(&[(Level::Warning, "unused"), (Level::Error, "no")]);
        let mut reported = Reported::default();
        let first = text(&mut reported, &status, Shown::All);
        assert_eq!(first, "warning: unused\nerror: no\n");
        assert_eq!(text(&mut reported, &status, Shown::All), "error: no\n");
        assert_eq!(text(&mut reported, &status, Shown::Errors), "error: no\n");
    }

    #[test]
    fn a_message_cannot_control_the_terminal() {
        let status = status(&[(Level::Error, "a\x1b]0;title\x07b\x1b[2Jc\rd\u{202e}")]);
        let shown = text(&mut Reported::default(), &status, Shown::All);
        assert_eq!(shown, "error: abc␍d[U+202E]\n");
    }

    #[test]
    fn the_end_of_a_vast_message_is_followed_by_the_url_of_the_whole() {
        let vast = "x\n".repeat(1 << 20);
        let shown = text(
            &mut Reported::default(),
            &status(&[(Level::Error, &vast)]),
            Shown::All,
        );
        assert!(shown.len() < 100_000, "{}", shown.len());
        let url = "the whole text is at http://localhost:3000/__gin/diagnostics/7/0\n";
        assert!(shown.trim_end().ends_with(url.trim_end()), "{shown}");
    }
}
