//! Steps that can be undone, also in files that have been edited since.

use std::ops::Range;

use crate::fix::edit::{Edit, apply};
use crate::fix::rewrite::Rewrite;

/// One rewritten file of a step.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) rewrite: Rewrite,
    /// The rewritten ranges.
    pub(super) patches: Vec<Patch>,
}

/// A rewritten range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Patch {
    /// The range in the new text.
    pub(super) range: Range<usize>,
    /// The text that was there before.
    pub(super) before: String,
}

impl Change {
    /// Returns the size of both texts, in bytes.
    pub(super) fn size(&self) -> usize {
        self.rewrite.size()
    }

    /// Returns the rewrite of the file's text `now` that undoes this change and keeps later ones. `None` if the text that this
    /// change wrote is gone, or occurs more than once.
    pub(super) fn inverse(&self, now: &str) -> Option<Rewrite> {
        let edits: Option<Vec<_>> = self
            .patches
            .iter()
            .map(|patch| {
                let range = self.range_now(&patch.range, now)?;
                Some(Edit::replacing(range, patch.before.clone()))
            })
            .collect();
        Some(Rewrite {
            before: now.to_owned(),
            after: apply(now, &edits?)?,
            ..self.rewrite.clone()
        })
    }

    /// Returns the place in `now` of a range of the new text.
    fn range_now(&self, range: &Range<usize>, now: &str) -> Option<Range<usize>> {
        let text = self.rewrite.after.as_str();
        let longest = text.len().min(now.len());
        let pairs = text.bytes().zip(now.bytes());
        let shared = pairs.take_while(|(one, other)| one == other).count();
        if range.end <= shared {
            return Some(range.clone());
        }
        let pairs = text.bytes().rev().zip(now.bytes().rev());
        let pairs = pairs.take(longest - shared);
        let shared = pairs.take_while(|(one, other)| one == other).count();
        if text.len() - shared <= range.start {
            let moved = |at: usize| at + now.len() - text.len();
            return Some(moved(range.start)..moved(range.end));
        }
        let around = |context| only_place(text, &lines_around(text, range, context), range, now);
        around(1).or_else(|| around(0))
    }
}

/// Returns the lines of a range, and `context` lines before and after them.
fn lines_around(text: &str, range: &Range<usize>, context: usize) -> Range<usize> {
    let before = text[..range.start].rmatch_indices('\n').nth(context);
    let start = before.map_or(0, |(at, _)| at + 1);
    let after = text[range.end..].match_indices('\n').nth(context);
    let end = after.map_or(text.len(), |(at, _)| range.end + at + 1);
    start..end
}

/// Returns the place of a range in `now`, if its lines occur there once.
fn only_place(
    text: &str,
    lines: &Range<usize>,
    range: &Range<usize>,
    now: &str,
) -> Option<Range<usize>> {
    let lines_text = &text[lines.clone()];
    let is_line = |at: &usize| *at == 0 || now[..*at].ends_with('\n');
    let places = now.match_indices(lines_text).map(|(at, _)| at);
    let mut places = places.filter(is_line);
    let only = places.next().filter(|_| places.next().is_none())?;
    let start = only + range.start - lines.start;
    Some(start..start + range.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_undone_where_its_text_still_stands() {
        let before = "fn one() {\n    let mut a = 1;\n}\nfn two() {\n    b()\n}\n";
        let after = "fn one() {\n    let a = 1;\n}\nfn two() {\n    b();\n}\n";
        let change = Change {
            rewrite: Rewrite {
                name: "a.rs".to_owned(),
                path: "/a.rs".into(),
                before: before.to_owned(),
                after: after.to_owned(),
            },
            patches: vec![
                Patch {
                    range: 19..19,
                    before: "mut ".to_owned(),
                },
                Patch {
                    range: 46..47,
                    before: String::new(),
                },
            ],
        };
        let undone = |now: &str| change.inverse(now).map(|rewrite| rewrite.after);
        assert_eq!(undone(after).as_deref(), Some(before));
        for (old, new) in [
            ("fn one", "// First.\nfn one"),
            ("fn two", "fn three"),
            ("fn two() {\n", "fn two() {\n    c();\n"),
            ("}\n", "}\n// é\n"),
        ] {
            let now = after.replace(old, new);
            let expected = before.replace(old, new);
            assert_eq!(undone(&now), Some(expected), "{new:?}");
        }
        for (old, new) in [
            ("b();", "c();"),
            ("let a = 1;", "let a = 2;"),
            ("    let a = 1;\n", ""),
        ] {
            let both = after.replace(old, new).replace("fn two", "fn three");
            let first = format!("// First.\n{both}// Last.\n");
            assert_eq!(undone(&first), None, "{new:?}");
        }
        assert_eq!(undone(""), None);
    }
}
