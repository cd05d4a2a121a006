//! A phase as Markdown: for programs that read text, and for bug reports.

use std::fmt::{self, Display, Formatter};

use crate::diagnostics::Diagnostic;
use crate::page::formats::text;
use crate::page::words::{OneLine, Visible, ansi, secret, sentence, whole};
use crate::state::{Status, Tail};

/// Displays a phase as Markdown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PhaseMarkdown<'a>(pub(crate) &'a Status);

impl Display for PhaseMarkdown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let status = self.0;
        writeln!(f, "# {}\n", Visible(&sentence::headline(status)))?;
        writeln!(f, "{}", Visible(&sentence::attempt(status)))?;
        if let Some(remark) = sentence::remark(status) {
            writeln!(f, "\n{}", Visible(&remark))?;
        }
        for (id, diagnostic) in status.diagnostics.iter().enumerate() {
            write!(f, "\n{}", Section(diagnostic))?;
            if let Some(whole) = whole::sentence(status, id, diagnostic) {
                writeln!(f, "\n{whole}")?;
            }
        }
        if status.diagnostics.omitted() > 0 {
            writeln!(f, "\nAnd {} more.", status.diagnostics.omitted())?;
        }
        if let Some(tail) = text::tail(&status.phase) {
            LastOutput(tail).fmt(f)?;
        }
        for part in sentence::recipe(status) {
            write!(f, "\n{}  ", Visible(&part))?;
        }
        writeln!(f)
    }
}

/// Displays the last output of an app, as a section.
pub(crate) struct LastOutput<'a>(pub(crate) &'a Tail);

impl Display for LastOutput<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let lines = self.0.iter();
        let lines: Vec<_> = lines
            .map(|line| secret::mask(&ansi::strip(&line.text)))
            .collect();
        write!(f, "\n## Last output\n\n{}", Fenced(&lines.join("\n")))
    }
}

/// Displays one diagnostic: its title, its place, and rustc's output.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section<'a>(pub(crate) &'a Diagnostic);

impl Display for Section<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let message = &self.0.message;
        write!(f, "## {}", sentence::level(message.level))?;
        if let Some(code) = &message.code {
            write!(f, "[{}]", Visible(&code.code))?;
        }
        let title = message.message.replace('\n', " ");
        writeln!(f, ": {}\n", Visible(&title))?;
        if let Some(span) = message.spans.iter().find(|span| span.is_primary) {
            let span = span.shown();
            let file = OneLine(&span.file_name);
            writeln!(f, "`{file}:{}:{}`\n", span.line_start, span.column_start)?;
        }
        match &message.rendered {
            Some(rendered) => Fenced(ansi::strip(rendered).trim_end()).fmt(f),
            None => Ok(()),
        }
    }
}

/// Displays text as a code block whose fence is longer than any in the text.
pub(crate) struct Fenced<'a>(pub(crate) &'a str);

impl Display for Fenced<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let ticks = self.0.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(ticks.max(2) + 1);
        writeln!(f, "{fence}text\n{}\n{fence}", Visible(self.0))
    }
}
