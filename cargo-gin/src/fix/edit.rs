//! Edits: replacements of parts of a text.

use std::ops::Range;

use crate::diagnostics::Span;
use crate::fix::refused::Refused;
use crate::fix::step::Patch;
use crate::source::{BYTE_ORDER_MARK, Source, Taken};

/// A replacement in a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edit {
    start: usize,
    end: usize,
    text: String,
}

impl Edit {
    /// Makes the edit that `span` suggests, if the file is the one that rustc read.
    pub(super) fn new(span: &Span, taken: &Taken, build: u64) -> Result<Edit, Refused> {
        let Some(text) = &span.suggested_replacement else {
            return Err(Refused::Unknown);
        };
        let range = span.byte_start as usize..span.byte_end as usize;
        if !fits(span, &range, &taken.source) {
            let file = taken.name.clone();
            return Err(Refused::Changed { file, build });
        }
        Ok(Edit {
            start: range.start,
            end: range.end,
            text: with_line_endings_of(taken.source.text(), text),
        })
    }

    /// Makes an edit of a range.
    pub(super) fn replacing(range: Range<usize>, text: String) -> Edit {
        Edit {
            start: range.start,
            end: range.end,
            text,
        }
    }

    /// Returns the offset at which the edit ends.
    pub(super) fn end(&self) -> usize {
        self.end
    }

    /// Returns `true` if both edits are for the same place. Two insertions at one place clash: their order would be a guess.
    pub(super) fn clashes(&self, other: &Edit) -> bool {
        (self.start, self.end) == (other.start, other.end)
            || (self.start < other.end && other.start < self.end)
    }
}

/// Applies the edits to `text`. Returns `None` if they overlap or do not fit the text.
pub(super) fn apply(text: &str, edits: &[Edit]) -> Option<String> {
    let edits = in_order(text, edits)?;
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(&text[at..edit.start]);
        out.push_str(&edit.text);
        at = edit.end;
    }
    out.push_str(&text[at..]);
    Some(out)
}

/// Returns the ranges that [`apply`] writes, in the new text, and the text of each before. The edits must fit the text.
pub(super) fn patches(text: &str, edits: &[Edit]) -> Vec<Patch> {
    let mut ordered: Vec<_> = edits.iter().collect();
    ordered.sort_by_key(|edit| (edit.start, edit.end));
    let (mut removed, mut added) = (0, 0);
    let patch = |edit: &Edit| {
        let start = edit.start + added - removed;
        removed += edit.end - edit.start;
        added += edit.text.len();
        Patch {
            range: start..start + edit.text.len(),
            before: text[edit.start..edit.end].to_owned(),
        }
    };
    ordered.into_iter().map(patch).collect()
}

/// Sorts the edits by their places. Returns `None` if they overlap or do not fit the text.
pub(super) fn in_order<'a>(text: &str, edits: &'a [Edit]) -> Option<Vec<&'a Edit>> {
    let mut edits: Vec<_> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.start, edit.end));
    let mut at = 0;
    for edit in &edits {
        let is_inside = text.is_char_boundary(edit.start) && text.is_char_boundary(edit.end);
        if edit.start < at || edit.end < edit.start || !is_inside {
            return None;
        }
        at = edit.end;
    }
    Some(edits)
}

/// Returns `true` if `span` is about this text: its offsets, its lines and columns, and the lines that it quotes all agree.
///
/// A file may be saved between rustc's reading and ours.
fn fits(span: &Span, range: &Range<usize>, source: &Source) -> bool {
    let is_quoted = (span.line_start..).zip(&span.text).all(|(number, quoted)| {
        let line = source.line(number);
        line.is_some_and(|line| line.trim_start_matches(BYTE_ORDER_MARK) == quoted.text)
    });
    is_quoted
        && source.offset(span.line_start, span.column_start) == Some(range.start)
        && (source.offset(span.line_end, span.column_end) == Some(range.end)
            || ends_with_file(span, range, source))
}

/// Returns `true` if the span ends after the file's last line break, which rustc counts as a character of its line.
fn ends_with_file(span: &Span, range: &Range<usize>, source: &Source) -> bool {
    let last = span.column_end.checked_sub(1);
    let line_end = last.and_then(|column| source.offset(span.line_end, column));
    let rest = line_end.and_then(|end| source.text().get(end..));
    range.end == source.text().len() && matches!(rest, Some("\n" | "\r\n"))
}

/// Converts the line endings of `text` to CRLF if the first line of `file` ends in CRLF. rustc writes LF only.
fn with_line_endings_of(file: &str, text: &str) -> String {
    let first = file.split_inclusive('\n').next();
    if first.is_some_and(|line| line.ends_with("\r\n")) {
        text.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
pub(super) fn edit(range: Range<usize>, text: &str) -> Edit {
    Edit::replacing(range, text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_applied_in_the_order_of_their_places() {
        for (edits, expected) in [
            (vec![], Some("let é = 1;")),
            (vec![edit(4..6, "e")], Some("let e = 1;")),
            (vec![edit(0..4, "")], Some("é = 1;")),
            (
                vec![edit(9..10, "2"), edit(4..4, "mut ")],
                Some("let mut é = 2;"),
            ),
            (vec![edit(4..6, "x"), edit(0..4, "")], Some("x = 1;")),
            (vec![edit(4..6, "x"), edit(4..4, "_")], Some("let _x = 1;")),
            (vec![edit(11..11, "\n")], Some("let é = 1;\n")),
            (vec![edit(0..11, "")], Some("")),
            (vec![edit(5..6, "x")], None),
            (vec![edit(4..5, "x")], None),
            (vec![edit(0..99, "x")], None),
            (vec![edit(12..12, "x")], None),
            (vec![edit(0..6, "x"), edit(4..8, "y")], None),
        ] {
            let made = apply("let é = 1;", &edits);
            assert_eq!(made.as_deref(), expected, "{edits:?}");
        }
    }

    #[test]
    fn edits_at_one_place_clash() {
        for (one, other, expected) in [
            (0..2, 2..4, false),
            (0..2, 1..4, true),
            (0..4, 1..2, true),
            (1..1, 1..1, true),
            (1..1, 1..3, false),
            (1..1, 0..1, false),
            (1..1, 0..3, true),
        ] {
            let found = edit(one.clone(), "").clashes(&edit(other.clone(), ""));
            let converse = edit(other.clone(), "").clashes(&edit(one.clone(), ""));
            assert_eq!((found, converse), (expected, expected), "{one:?} {other:?}");
        }
    }

    #[test]
    fn line_endings_follow_the_file() {
        for (file, text, expected) in [
            ("a\r\nb\r\n", "x\ny", "x\r\ny"),
            ("a\r\nb\r\n", "x\r\ny", "x\r\ny"),
            ("a\nb\n", "x\ny", "x\ny"),
            ("a\r\nb\n", "x\ny", "x\r\ny"),
            ("a\nb\r\n", "x\ny", "x\ny"),
            ("a", "x\ny", "x\ny"),
        ] {
            assert_eq!(with_line_endings_of(file, text), expected, "{file:?}");
        }
    }
}
