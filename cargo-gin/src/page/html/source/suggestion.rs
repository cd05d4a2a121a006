//! rustc's suggestions as diffs.

use std::collections::BTreeMap;

use crate::diagnostics::{Message, Span};
use crate::fix::{self, Choice, Confidence, Refused};
use crate::page::html::markup::{Html, code, listing};
use crate::page::html::source::files::SourceFiles;
use crate::page::html::source::location::location;
use crate::source::Source;

/// Returns the suggestion of `message` as a diff, if it has one: all its spans are one edit. `choice` is the id that applies it.
pub(crate) fn suggestion(
    message: &Message,
    choice: Choice,
    files: &SourceFiles<'_>,
) -> Option<Html> {
    let edits: Vec<_> = message
        .spans
        .iter()
        .filter(|span| span.suggested_replacement.is_some())
        .collect();
    let first = edits.first()?;
    let verdict = fix::verdict(message, files.sources());
    let mut html = Html::new();
    html.element("figure", "x", |html| {
        html.element("figcaption", "", |html| {
            let (line, column) = (first.line_start, first.column_start);
            location(html, files, &first.file_name, line, column);
            html.element("span", "offer", |html| {
                badge(html, first.suggestion_applicability.as_deref());
                if let Ok(confidence) = &verdict {
                    button(html, choice, *confidence);
                }
            });
        });
        listing(html, "suggested change", |html| diff(html, &edits, files));
        if let Err(
            reason @ (Refused::Macro | Refused::NotAtHand { .. } | Refused::NotOurs { .. }),
        ) = verdict
        {
            html.leaf("p", "unseen", reason);
        }
    });
    Some(html)
}

/// Adds the lines before and after `edits`.
fn diff(html: &mut Html, edits: &[&Span], files: &SourceFiles<'_>) {
    let mut hunks: Vec<Hunk<'_>> = Vec::new();
    for edit in edits {
        match hunks.iter_mut().find(|hunk| hunk.takes(edit)) {
            Some(hunk) => hunk.add(edit),
            None => hunks.push(Hunk::new(edit, files.get(&edit.file_name))),
        }
    }
    hunks.sort_by_key(|hunk| hunk.first);
    for hunk in hunks {
        hunk.write(html);
    }
}

/// Adds the button that applies the suggestion.
fn button(html: &mut Html, choice: Choice, confidence: Confidence) {
    html.tag("button")
        .attribute("type", "button")
        .attribute("class", "fix")
        .attribute("data-fix", choice)
        .holding(match confidence {
            Confidence::Sure => "Apply",
            Confidence::Unsure => "Apply anyway",
        });
}

/// Adds rustc's confidence in the suggestion, with an explanation as its tooltip.
fn badge(html: &mut Html, applicability: Option<&str>) {
    let (class, title, word) = match applicability {
        Some("MachineApplicable") => ("badge ok", "rustc is sure of this edit", "safe to apply"),
        Some("MaybeIncorrect") => (
            "badge",
            "rustc says that this may not be what you meant",
            "may be wrong",
        ),
        Some("HasPlaceholders") => (
            "badge",
            "parts of it are yours to fill in",
            "fill in the rest",
        ),
        _ => ("badge", "rustc does not say how sure it is", "a sketch"),
    };
    html.tag("span")
        .attribute("class", class)
        .attribute("title", title)
        .holding(word);
}

/// Edits of adjacent lines.
struct Hunk<'a> {
    file: &'a str,
    first: usize,
    last: usize,
    lines: BTreeMap<usize, &'a str>,
    source: Option<&'a Source>,
    edits: Vec<&'a Span>,
}

/// A run of characters of a changed line.
struct Run {
    text: String,
    is_changed: bool,
}

impl Run {
    fn kept(text: &str) -> Run {
        let text = text.to_owned();
        let is_changed = false;
        Run { text, is_changed }
    }

    fn changed(text: &str) -> Run {
        let text = text.to_owned();
        let is_changed = true;
        Run { text, is_changed }
    }
}

impl<'a> Hunk<'a> {
    fn new(edit: &'a Span, source: Option<&'a Source>) -> Hunk<'a> {
        let mut hunk = Hunk {
            file: &edit.file_name,
            first: edit.line_start,
            last: edit.line_end,
            lines: BTreeMap::new(),
            source,
            edits: Vec::new(),
        };
        hunk.add(edit);
        hunk
    }

    /// Returns `true` if `edit` touches lines of this hunk.
    fn takes(&self, edit: &Span) -> bool {
        self.file == edit.file_name && edit.line_start <= self.last && self.first <= edit.line_end
    }

    fn add(&mut self, edit: &'a Span) {
        self.first = self.first.min(edit.line_start);
        self.last = self.last.max(edit.line_end);
        let texts = edit.text.iter().map(|line| line.text.as_str());
        self.lines.extend((edit.line_start..).zip(texts));
        self.edits.push(edit);
    }

    fn write(mut self, html: &mut Html) {
        self.edits
            .sort_by_key(|edit| (edit.byte_start, edit.byte_end));
        let inserts_lines = self.edits.iter().all(|edit| {
            let text = edit.suggested_replacement.as_deref().unwrap_or_default();
            edit.byte_start == edit.byte_end && edit.column_start == 1 && text.ends_with('\n')
        });
        let (old, mut new) = self.sides();
        let removes = self
            .edits
            .iter()
            .any(|edit| edit.byte_start < edit.byte_end);
        if inserts_lines {
            // The line after the insertion did not change, and its text is not always known.
            let next = new.pop().unwrap_or_default();
            row(html, self.file, Side::New, self.first, &new);
            if self.text(self.first).is_some() {
                row(html, self.file, Side::Both, self.first + new.len(), &[next]);
            }
            return;
        }
        if removes {
            row(html, self.file, Side::Old, self.first, &old);
        }
        let is_emptied = new.iter().flatten().all(|run| run.text.trim().is_empty());
        if !(removes && is_emptied) {
            let side = if removes { Side::New } else { Side::Changed };
            row(html, self.file, side, self.first, &new);
        }
    }

    fn text(&self, number: usize) -> Option<&'a str> {
        let known = self.lines.get(&number).copied();
        known.or_else(|| self.source.and_then(|source| source.line(number)))
    }

    /// Returns the lines before and after the edits, split into changed and unchanged runs.
    fn sides(&self) -> (Vec<Vec<Run>>, Vec<Vec<Run>>) {
        let (mut old, mut new) = (vec![Vec::new()], vec![Vec::new()]);
        let mut at = (self.first, 1);
        for edit in &self.edits {
            let start = (edit.line_start, edit.column_start);
            let kept = self.between(at, start);
            push(&mut old, &kept, Run::kept);
            push(&mut new, &kept, Run::kept);
            at = (edit.line_end, edit.column_end);
            push(&mut old, &self.between(start, at), Run::changed);
            push(
                &mut new,
                edit.suggested_replacement.as_deref().unwrap_or_default(),
                Run::changed,
            );
        }
        let rest = self.between(at, (self.last, usize::MAX));
        push(&mut old, &rest, Run::kept);
        push(&mut new, &rest, Run::kept);
        (old, new)
    }

    /// Returns the text from one line and column to another.
    fn between(&self, start: (usize, usize), end: (usize, usize)) -> String {
        let mut text = String::new();
        for number in start.0..=end.0 {
            let line = self.text(number).unwrap_or_default();
            let from = if number == start.0 { start.1 } else { 1 };
            let to = if number == end.0 { end.1 } else { usize::MAX };
            text.extend(
                line.chars()
                    .take(to.saturating_sub(1))
                    .skip(from.saturating_sub(1)),
            );
            if number < end.0 {
                text.push('\n');
            }
        }
        text
    }
}

/// Appends `text` to the last of `lines`, and starts further lines where it has line ends. Their indentation is not a change.
fn push(lines: &mut Vec<Vec<Run>>, text: &str, run: fn(&str) -> Run) {
    for (index, part) in text.split('\n').enumerate() {
        let mut part = part;
        if index > 0 {
            let (indent, rest) = part.split_at(part.len() - part.trim_start().len());
            lines.push(vec![Run::kept(indent)]);
            part = rest;
        }
        if let Some(line) = lines.last_mut().filter(|_| !part.is_empty()) {
            line.push(run(part));
        }
    }
}

/// The text that a row belongs to.
#[derive(Clone, Copy)]
enum Side {
    Old,
    New,
    /// The new text of a line from which nothing is removed.
    Changed,
    Both,
}

fn row(html: &mut Html, file: &str, side: Side, first: usize, lines: &[Vec<Run>]) {
    let (class, sign, changed) = match side {
        Side::Old => ("r del", "-", "del"),
        Side::New => ("r ins", "+", "ins"),
        Side::Changed => ("r ins", "~", "ins"),
        Side::Both => ("r", " ", "ins"),
    };
    for (number, runs) in (first..).zip(lines) {
        html.element("span", class, |html| {
            html.leaf("i", "", number).leaf("b", "", sign);
            for run in runs {
                if run.is_changed {
                    html.element(changed, "", |html| code(html, file, &run.text));
                } else {
                    code(html, file, &run.text);
                }
            }
        });
    }
}
