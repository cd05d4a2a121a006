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
