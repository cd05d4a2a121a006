//! A suggestion's edits: ranges of octets and what to write there.

use std::collections::BTreeMap;
use std::ops::Range;

use super::choice::Choice;
use crate::diagnostics::{Diagnostic, Diagnostics, Message, Span};

/// A replacement in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    range: Range<usize>,
    text: String,
}

/// Edits by the name of their file.
pub(crate) type Edits = BTreeMap<String, Vec<Edit>>;

/// The edits that `choice` stands for, none if it stands for nothing.
pub(crate) fn edits(diagnostics: &Diagnostics, choice: Choice) -> Edits {
    let mut edits = Edits::new();
    match choice {
        Choice::All => {
            for sure in diagnostics.iter().filter_map(only_sure) {
                take(&mut edits, sure);
            }
        }
        Choice::One { diagnostic, child } => {
            let diagnostic = diagnostics.iter().nth(diagnostic);
            let child = diagnostic.and_then(|diagnostic| diagnostic.message.children.get(child));
            if let Some(suggestion) = child.filter(|child| is_complete(child)) {
                take(&mut edits, suggestion);
            }
        }
    }
    edits
}

/// `text` with the edits made. None if they are not of this text.
pub(super) fn apply(text: &str, edits: &[Edit]) -> Option<String> {
    let mut edits: Vec<_> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.range.start)?);
        out.push_str(&edit.text);
        at = edit.range.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// Can a suggestion be written as it is? Some have parts that a person must fill in.
pub(crate) fn is_complete(message: &Message) -> bool {
    let mut spans = replacements(message).peekable();
    spans.peek().is_some()
        && spans.all(|span| span.suggestion_applicability.as_deref() != Some("HasPlaceholders"))
}

/// The suggestion of a diagnostic that has just one, if rustc is sure of it. Several are alternatives, for a person to choose.
fn only_sure(diagnostic: &Diagnostic) -> Option<&Message> {
    let mut suggestions = diagnostic
        .message
        .children
        .iter()
        .filter(|child| replacements(child).next().is_some());
    let only = suggestions
        .next()
        .filter(|_| suggestions.next().is_none())?;
    let is_sure =
        |span: &Span| span.suggestion_applicability.as_deref() == Some("MachineApplicable");
    replacements(only).all(is_sure).then_some(only)
}

fn replacements(message: &Message) -> impl Iterator<Item = &Span> {
    message
        .spans
        .iter()
        .filter(|span| span.suggested_replacement.is_some())
}

/// Adds the suggestion's edits, unless one of them is where another edit is already.
fn take(edits: &mut Edits, suggestion: &Message) {
    let clashes = replacements(suggestion).any(|span| {
        let range = range(span);
        let others = edits.get(&span.file_name).into_iter().flatten();
        others
            .into_iter()
            .any(|other| overlap(&other.range, &range))
    });
    if clashes {
        return;
    }
    for span in replacements(suggestion) {
        edits.entry(span.file_name.clone()).or_default().push(Edit {
            range: range(span),
            text: span.suggested_replacement.clone().unwrap_or_default(),
        });
    }
}

fn range(span: &Span) -> Range<usize> {
    span.byte_start as usize..span.byte_end as usize
}

/// Two insertions at one place overlap, too: their order would be a guess.
fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a == b || (a.start < b.end && b.start < a.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(range: Range<usize>, text: &str) -> Edit {
        Edit {
            range,
            text: text.to_owned(),
        }
    }

    #[test]
    fn edits_are_made_in_the_order_of_their_places() {
        for (edits, expected) in [
            (vec![], Some("let é = 1;")),
            (vec![edit(4..6, "e")], Some("let e = 1;")),
            (
                vec![edit(9..10, "2"), edit(4..4, "mut ")],
                Some("let mut é = 2;"),
            ),
            (vec![edit(0..11, "")], Some("")),
            (vec![edit(5..6, "x")], None),
            (vec![edit(0..99, "x")], None),
            (vec![edit(0..6, "x"), edit(4..8, "y")], None),
        ] {
            assert_eq!(
                apply("let é = 1;", &edits).as_deref(),
                expected,
                "{edits:?}"
            );
        }
    }

    /// A diagnostic whose children each suggest one replacement: `(start, end, applicability)`.
    fn suggesting(children: &[(u32, u32, &str)]) -> Diagnostic {
        let child = |(start, end, applicability): &(u32, u32, &str)| {
            serde_json::json!({ "message": "try", "level": "help", "spans": [{
                "file_name": "a.rs", "byte_start": start, "byte_end": end, "line_start": 1, "line_end": 1,
                "column_start": 1, "column_end": 1, "is_primary": true,
                "suggested_replacement": "x", "suggestion_applicability": applicability,
            }]})
        };
        let children: Vec<_> = children.iter().map(child).collect();
        let message = serde_json::json!({ "message": "m", "level": "error", "children": children });
        Diagnostic {
            origin: crate::diagnostics::Origin::Rustc,
            package: "a".to_owned(),
            message: serde_json::from_value(message).unwrap(),
        }
    }

    #[test]
    fn all_are_those_that_rustc_is_sure_of() {
        let sure = "MachineApplicable";
        let mut diagnostics = Diagnostics::default();
        for children in [
            &[(0, 1, sure)][..],
            &[(2, 3, "MaybeIncorrect")],
            &[(4, 5, sure), (4, 5, sure)],
            &[(0, 1, sure)],
            &[(0, 2, sure)],
            &[(6, 6, sure)],
        ] {
            diagnostics.push(suggesting(children));
        }
        let all = edits(&diagnostics, Choice::All);
        assert_eq!(all["a.rs"], [edit(0..1, "x"), edit(6..6, "x")]);
    }

    #[test]
    fn one_is_made_unless_parts_of_it_are_missing() {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(suggesting(&[
            (0, 1, "MaybeIncorrect"),
            (2, 3, "HasPlaceholders"),
        ]));
        for (child, count) in [(0, 1), (1, 0), (2, 0)] {
            let found = edits(
                &diagnostics,
                Choice::One {
                    diagnostic: 0,
                    child,
                },
            );
            assert_eq!(found.len(), count);
        }
        assert!(
            edits(
                &diagnostics,
                Choice::One {
                    diagnostic: 1,
                    child: 0
                }
            )
            .is_empty()
        );
    }
}
