//! The places that a message marks in an excerpt.

use crate::diagnostics::{Message, Span};

/// A marked range of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark<'a> {
    /// The path, as rustc writes it.
    pub(crate) file: &'a str,
    /// The position of the first character.
    pub(crate) start: Position,
    /// The position after the last character.
    pub(crate) end: Position,
    pub(crate) kind: Kind,
    pub(crate) label: Option<String>,
}

/// A line and a column, both counted from 1, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// The role of a mark in its message, the stronger first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The message is about this place.
    Primary,
    /// The place explains the message.
    Secondary,
}

impl<'a> Mark<'a> {
    fn new(span: &'a Span, kind: Kind, label: Option<String>) -> Mark<'a> {
        Mark {
            file: &span.file_name,
            start: Position {
                line: span.line_start,
                column: span.column_start,
            },
            end: Position {
                line: span.line_end,
                column: span.column_end,
            },
            kind,
            label,
        }
    }

    /// Returns `true` if the mark spans several lines.
    pub(crate) fn is_over_lines(&self) -> bool {
        self.start.line < self.end.line
    }

    fn is_at(&self, other: &Mark<'_>) -> bool {
        (self.file, self.start, self.end) == (other.file, other.start, other.end)
    }
}

/// Returns the marks of `message`: its spans, and the macro calls that they come from.
pub(crate) fn marks(message: &Message) -> Vec<Mark<'_>> {
    let mut marks: Vec<Mark<'_>> = Vec::new();
    for span in &message.spans {
        let kind = if span.is_primary {
            Kind::Primary
        } else {
            Kind::Secondary
        };
        // rustc marks some places with an empty label.
        let label = span.label.clone().filter(|label| !label.is_empty());
        let mark = Mark::new(span.shown(), kind, label);
        if !marks.contains(&mark) {
            marks.push(mark);
        }
    }
    for call in message.spans.iter().filter_map(call) {
        if !marks.iter().any(|mark| mark.is_at(&call)) {
            marks.push(call);
        }
    }
    marks
}

/// Returns the outermost macro call that `span` comes from, unless the shown place lies within that call.
fn call(span: &Span) -> Option<Mark<'_>> {
    let at = span.shown();
    let expansion = at
        .chain()
        .filter_map(|span| span.expansion.as_ref())
        .last()?;
    if is_within(at, &expansion.span) {
        return None;
    }
    // rustc's text output has these words, its JSON does not.
    let label = if expansion.macro_decl_name.starts_with("#[derive") {
        "in this derive macro expansion"
    } else {
        "in this macro invocation"
    };
    Some(Mark::new(
        &expansion.span,
        Kind::Secondary,
        Some(label.to_owned()),
    ))
}

/// Returns `true` if `inner` lies within `outer`.
pub(crate) fn is_within(inner: &Span, outer: &Span) -> bool {
    inner.file_name == outer.file_name
        && outer.byte_start <= inner.byte_start
        && inner.byte_end <= outer.byte_end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_label_counts_as_none() {
        let span = |label: &str| {
            serde_json::json!({
                "file_name": "src/main.rs", "byte_start": 0, "byte_end": 1, "line_start": 1, "line_end": 1,
                "column_start": 1, "column_end": 2, "is_primary": false, "label": label,
            })
        };
        for (said, label) in [("", None), ("here", Some("here"))] {
            let message =
                serde_json::json!({ "message": "no", "level": "error", "spans": [span(said)] });
            let message: Message = serde_json::from_value(message).unwrap();
            assert_eq!(marks(&message)[0].label.as_deref(), label);
        }
    }
}
