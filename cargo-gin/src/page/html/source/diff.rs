//! The lines before and after an edit.

use std::collections::BTreeMap;

use crate::diagnostics::Span;
use crate::page::html::markup::{Html, colored, highlights};
use crate::page::html::source::files::SourceFiles;
use crate::source::Source;

/// Adds the lines before and after `edits`.
pub(super) fn diff(html: &mut Html, edits: &[&Span], files: &SourceFiles<'_>) {
    let mut hunks: Vec<Hunk<'_>> = Vec::new();
    for edit in edits {
        match hunks.iter_mut().find(|hunk| hunk.takes(edit)) {
            Some(hunk) => hunk.add(edit),
            None => hunks.push(Hunk::new(edit, files.get(&edit.file_name))),
        }
    }
    hunks.sort_by_key(|hunk| hunk.first);
    for hunk in hunks {
        let lead = hunk.lead(files);
        hunk.write(html, lead);
    }
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

    /// Returns the beginning of a comment or a string that starts before these lines and reaches into them.
    fn lead(&self, files: &SourceFiles<'_>) -> &'a str {
        let around = self.source.and_then(|source| {
            let start = source.start(self.first)?;
            let highlights = files.highlights(self.file);
            let mut ranges = highlights.iter().map(|(range, _)| range);
            let token = ranges.find(|range| range.start < start && start < range.end)?;
            source.text().get(token.start..start)
        });
        around.unwrap_or_default()
    }

    fn write(mut self, html: &mut Html, lead: &str) {
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
        let rows = Rows {
            file: self.file,
            lead,
            first: self.first,
        };
        if inserts_lines {
            // The line after the insertion did not change, and its text is not always known.
            let next = new.pop().unwrap_or_default();
            rows.write(html, Side::New, &new);
            if self.text(self.first).is_some() {
                let first = self.first + new.len();
                Rows { first, ..rows }.write(html, Side::Both, &[next]);
            }
            return;
        }
        if removes {
            rows.write(html, Side::Old, &old);
        }
        let is_emptied = new.iter().flatten().all(|run| run.text.trim().is_empty());
        if !(removes && is_emptied) {
            let side = if removes { Side::New } else { Side::Changed };
            rows.write(html, side, &new);
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

/// Rows of one side of a hunk.
#[derive(Clone, Copy)]
struct Rows<'a> {
    file: &'a str,
    /// The text before the rows that decides the color of their beginning.
    lead: &'a str,
    /// The number of the first row.
    first: usize,
}

impl Rows<'_> {
    fn write(self, html: &mut Html, side: Side, lines: &[Vec<Run>]) {
        let (class, sign, changed) = match side {
            Side::Old => ("r del", "-", "del"),
            Side::New => ("r ins", "+", "ins"),
            Side::Changed => ("r ins", "~", "ins"),
            Side::Both => ("r", " ", "ins"),
        };
        // A string may contain the change, so the colors are those of the text as a whole.
        let mut text = self.lead.to_owned();
        for line in lines {
            text.extend(line.iter().map(|run| run.text.as_str()));
            text.push('\n');
        }
        let colors = highlights(self.file, &text);
        let mut line = self.lead.len();
        for (number, runs) in (self.first..).zip(lines) {
            let mut at = line;
            html.element("span", class, |html| {
                html.leaf("i", "", number).leaf("b", "", sign);
                for run in runs {
                    let range = at..at + run.text.len();
                    at = range.end;
                    if run.is_changed {
                        html.element(changed, "", |html| colored(html, &text, &colors, range));
                    } else {
                        colored(html, &text, &colors, range);
                    }
                }
            });
            line = at + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::editor::FileList;
    use crate::source::Sources;

    #[test]
    fn text_after_a_change_inside_a_string_keeps_its_color() {
        let edit = json!({
            "file_name": "a.rs", "byte_start": 9, "byte_end": 10,
            "line_start": 1, "line_end": 1, "column_start": 10, "column_end": 11,
            "text": [{ "text": "let w = \"b; let w\"; w", "highlight_start": 10, "highlight_end": 11 }],
            "is_primary": true, "suggested_replacement": "c",
        });
        let edit: Span = serde_json::from_value(edit).unwrap();
        let sources = Sources::default();
        let files = SourceFiles::new(&sources, FileList::Diagnostics);
        let mut html = Html::new();
        diff(&mut html, &[&edit], &files);
        let html = html.into_string();
        let kept =
            "<ins><span class=\"k-s\">c</span></ins><span class=\"k-s\">; let w&quot;</span>; w";
        assert!(html.contains(kept), "{html}");
    }
}
