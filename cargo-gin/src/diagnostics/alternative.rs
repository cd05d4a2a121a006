//! Alternatives: the ways in which one suggestion can be applied.
//!
//! rustc offers a choice ("consider importing one of these enums") as one message, and its JSON lists the parts of all
//! alternatives one after the other. Parts of one alternative never overlap, so the first that does begins the next one.

use crate::diagnostics::{Message, Span};

/// The parts of a suggestion that are applied together. There is at least one.
#[derive(Clone, Debug)]
pub(crate) struct Alternative<'a> {
    parts: Vec<&'a Span>,
}

/// The confidence of rustc in a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Applicability {
    /// rustc is sure of it.
    Sure,
    /// It may not be what the user meant.
    Unsure,
    /// rustc does not rate it.
    Unrated,
    /// Parts of it are for the user to fill in.
    Incomplete,
}

impl<'a> Alternative<'a> {
    fn new(first: &'a Span) -> Alternative<'a> {
        Alternative { parts: vec![first] }
    }

    /// Returns the parts, of which each is a replacement.
    pub(crate) fn parts(&self) -> &[&'a Span] {
        &self.parts
    }

    /// Returns the least confidence in any of the parts.
    pub(crate) fn applicability(&self) -> Applicability {
        let rated = self
            .parts
            .iter()
            .map(|part| match part.suggestion_applicability.as_deref() {
                Some("MachineApplicable") => Applicability::Sure,
                Some("HasPlaceholders") if self.has_placeholder(part) => Applicability::Incomplete,
                Some("HasPlaceholders" | "MaybeIncorrect") => Applicability::Unsure,
                _ => Applicability::Unrated,
            });
        rated.max().unwrap_or(Applicability::Unrated)
    }

    /// Returns `true` unless all words of the replacement are in the changed lines. rustc claims placeholders for all edits of
    /// arguments, although some only swap or remove them.
    fn has_placeholder(&self, part: &Span) -> bool {
        let text = part.suggested_replacement.as_deref().unwrap_or_default();
        let is_known = |word: &str| {
            let lines = self.parts.iter().flat_map(|part| &part.text);
            let mut words = lines.flat_map(|line| words(&line.text));
            word != "_" && words.any(|known| known == word)
        };
        text.contains("/*") || text.contains("...") || !words(text).all(is_known)
    }

    fn has(&self, part: &Span) -> bool {
        self.parts.iter().any(|other| is_same(other, part))
    }

    /// Returns `true` if `part` starts before the last part. rustc sorts the parts of each alternative where there are several.
    fn is_past(&self, part: &Span) -> bool {
        self.parts.last().is_some_and(|last| {
            last.file_name == part.file_name && part.byte_start < last.byte_start
        })
    }
}

impl Message {
    /// Returns the alternatives of the suggestion, of which the user chooses one. A message without a suggestion has none.
    pub(crate) fn alternatives(&self) -> Vec<Alternative<'_>> {
        let spans = self.spans.iter();
        let parts: Vec<_> = spans
            .filter(|span| span.suggested_replacement.is_some())
            .collect();
        let are_several = parts.iter().enumerate().any(|(index, part)| {
            let mut earlier = parts[..index].iter();
            earlier.any(|other| clash(other, part))
        });
        let mut alternatives: Vec<Alternative<'_>> = Vec::new();
        for part in parts {
            match alternatives.last_mut() {
                None => alternatives.push(Alternative::new(part)),
                Some(last) => {
                    let is_known = last.has(part);
                    let is_next = last.parts.iter().any(|other| clash(other, part));
                    if are_several && (is_next || is_known || last.is_past(part)) {
                        alternatives.push(Alternative::new(part));
                    } else if !is_known {
                        last.parts.push(part);
                    }
                }
            }
        }
        alternatives
    }
}

/// Returns `true` if two parts cannot belong to one alternative: they replace the same text, or insert at the same place.
fn clash(one: &Span, other: &Span) -> bool {
    let are_equal = (one.byte_start, one.byte_end) == (other.byte_start, other.byte_end);
    let overlap = one.byte_start < other.byte_end && other.byte_start < one.byte_end;
    one.file_name == other.file_name && (are_equal || overlap) && !is_same(one, other)
}

/// Returns `true` for the same replacement. Some versions of rustc repeat a part.
fn is_same(one: &Span, other: &Span) -> bool {
    one.file_name == other.file_name
        && (one.byte_start, one.byte_end) == (other.byte_start, other.byte_end)
        && one.suggested_replacement == other.suggested_replacement
}

/// Splits code into its words.
fn words(code: &str) -> impl Iterator<Item = &str> {
    let is_between = |c: char| !c.is_alphanumeric() && c != '_';
    code.split(is_between).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Returns the alternatives of a suggestion with these parts, each as its offsets and its text.
    fn split(parts: &[(u32, u32, &str)]) -> Vec<Vec<String>> {
        let spans = parts.iter().map(|(start, end, text)| {
            json!({
                "file_name": "src/main.rs", "byte_start": start, "byte_end": end,
                "line_start": 1, "line_end": 1, "column_start": start + 1, "column_end": end + 1,
                "is_primary": true, "suggested_replacement": text,
            })
        });
        let spans: Vec<_> = spans.collect();
        let message = json!({ "message": "try", "level": "help", "spans": spans });
        let message: Message = serde_json::from_value(message).unwrap();
        let alternatives = message.alternatives().into_iter().map(|alternative| {
            let parts = alternative.parts.iter();
            let text = |part: &&Span| part.suggested_replacement.clone().unwrap();
            parts.map(text).collect()
        });
        alternatives.collect()
    }

    #[test]
    fn parts_that_cannot_go_together_are_alternatives() {
        for (parts, expected) in [
            (&[][..], &[][..]),
            (&[(0, 0, "a")], &[&["a"][..]]),
            // Unordered parts of one edit, and one that is repeated.
            (&[(5, 5, "a"), (0, 2, "b"), (5, 5, "a")], &[&["a", "b"]]),
            // Two imports at one place.
            (&[(0, 0, "a"), (0, 0, "b")], &[&["a"], &["b"]]),
            // Replacements of one place.
            (
                &[(3, 5, "a"), (3, 5, "b"), (3, 5, "c")],
                &[&["a"], &["b"], &["c"]],
            ),
            // A part that both alternatives have, first or last.
            (
                &[(0, 0, "("), (4, 4, ")"), (0, 0, "("), (4, 4, "]")],
                &[&["(", ")"], &["(", "]"]],
            ),
            (
                &[(0, 0, "("), (4, 4, ")"), (0, 0, "["), (4, 4, ")")],
                &[&["(", ")"], &["[", ")"]],
            ),
            // The next alternative begins with a place of its own.
            (
                &[(2, 2, "a"), (9, 9, "b"), (1, 1, "c"), (9, 9, "d")],
                &[&["a", "b"], &["c", "d"]],
            ),
            (&[(0, 6, "a"), (2, 3, "b")], &[&["a"], &["b"]]),
        ] {
            assert_eq!(split(parts), expected, "{parts:?}");
        }
    }

    #[test]
    fn only_a_replacement_with_words_of_its_own_has_placeholders() {
        for (claimed, replacement, expected) in [
            ("MachineApplicable", "new", Applicability::Sure),
            ("MaybeIncorrect", "new", Applicability::Unsure),
            ("Unspecified", "new", Applicability::Unrated),
            ("HasPlaceholders", "b, a", Applicability::Unsure),
            ("HasPlaceholders", "", Applicability::Unsure),
            ("HasPlaceholders", "b, /* a */", Applicability::Incomplete),
            ("HasPlaceholders", "a::<_>", Applicability::Incomplete),
            ("HasPlaceholders", "a: Type", Applicability::Incomplete),
        ] {
            let message = json!({ "message": "swap", "level": "help", "spans": [{
                "file_name": "src/main.rs", "byte_start": 4, "byte_end": 8,
                "line_start": 1, "line_end": 1, "column_start": 5, "column_end": 9,
                "text": [{ "text": "sum(a, b)", "highlight_start": 5, "highlight_end": 9 }],
                "is_primary": true, "suggested_replacement": replacement,
                "suggestion_applicability": claimed,
            }] });
            let message: Message = serde_json::from_value(message).unwrap();
            let found = message.alternatives()[0].applicability();
            assert_eq!(found, expected, "{claimed} {replacement:?}");
        }
    }
}
