//! A route's pattern, checked, and what it comes apart into.

use std::fmt;
use std::ops::Range;

use crate::grammar::{PatternErrorKind, check, names};

/// A checked route pattern: static text, `:name` for one segment, `*name` for the rest.
///
/// `\:` and `\*` stand for the characters themselves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    text: Box<str>,
    /// Where the names stand in the text.
    names: Box<[Range<u32>]>,
}

/// A piece of a pattern, as [`Pattern::pieces`] gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text that a path has as it is, slashes included.
    Static(&'a str),
    /// The name of a param: one segment, or the end of one.
    Param(&'a str),
    /// The name of a catch-all: the rest of the path, from its slash on.
    CatchAll(&'a str),
}

/// A text that is not a pattern, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    text: Box<str>,
    fault: PatternErrorKind,
}

impl Pattern {
    /// Checks `text` and keeps it.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        match check(text) {
            Ok(()) => Ok(Self {
                text: text.into(),
                names: names(text),
            }),
            Err(fault) => Err(PatternError {
                text: text.into(),
                fault,
            }),
        }
    }

    /// The text, as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The names of the params, in the order of their values in [`Params`](crate::Params).
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names
            .iter()
            .map(|name| &self.text[name.start as usize..name.end as usize])
    }

    /// The pattern in pieces. Static text comes in more than one where it has escapes.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        pieces(&self.text)
    }

    /// The pattern in segments: what stands between the slashes.
    pub(crate) fn segments(&self) -> impl Iterator<Item = Segment> {
        self.text[1..].split('/').map(Segment::parse)
    }
}

/// What stands between two slashes of a pattern: static text, and how it ends.
pub(crate) struct Segment {
    pub(crate) text: String,
    pub(crate) end: End,
}

/// What follows the static text of a segment.
pub(crate) enum End {
    Nothing,
    Param,
    Rest,
}

impl Segment {
    fn parse(segment: &str) -> Self {
        let mut parsed = Self {
            text: String::new(),
            end: End::Nothing,
        };
        for piece in pieces(segment) {
            match piece {
                Piece::Static(text) => parsed.text.push_str(text),
                Piece::Param(_) => parsed.end = End::Param,
                Piece::CatchAll(_) => parsed.end = End::Rest,
            }
        }
        parsed
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bad pattern `{}`: {}", self.text, self.fault.message())
    }
}

impl std::error::Error for PatternError {}

fn pieces(mut rest: &str) -> impl Iterator<Item = Piece<'_>> {
    std::iter::from_fn(move || {
        let piece;
        (piece, rest) = split_piece(rest)?;
        Some(piece)
    })
}

fn split_piece(text: &str) -> Option<(Piece<'_>, &str)> {
    let first = text.chars().next()?;
    if first == ':' {
        let (name, rest) = text.split_at(text.find('/').unwrap_or(text.len()));
        return Some((Piece::Param(&name[1..]), rest));
    }
    if first == '*' {
        return Some((Piece::CatchAll(&text[1..]), ""));
    }
    // An escaped character is taken as it is, so the search for what ends the piece starts after it.
    let start = usize::from(first == '\\');
    let searched = start + text[start..].chars().next().map_or(0, char::len_utf8);
    let end = text[searched..]
        .find([':', '*', '\\'])
        .map_or(text.len(), |end| searched + end);
    Some((Piece::Static(&text[start..end]), &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_comes_apart_into_pieces() {
        use Piece::{CatchAll, Param, Static};
        let pieces = |text| {
            Pattern::parse(text)
                .expect(text)
                .pieces()
                .map(|piece| format!("{piece:?}"))
                .collect::<Vec<_>>()
        };
        let cases: [(&str, &[Piece<'_>]); 6] = [
            ("/", &[Static("/")]),
            ("/a/:b/c", &[Static("/a/"), Param("b"), Static("/c")]),
            ("/a_:b", &[Static("/a_"), Param("b")]),
            (
                "/:a/*b",
                &[Static("/"), Param("a"), Static("/"), CatchAll("b")],
            ),
            (
                "/\\:a\\*/:é",
                &[Static("/"), Static(":a"), Static("*/"), Param("é")],
            ),
            ("/α\\:", &[Static("/α"), Static(":")]),
        ];
        for (text, expected) in cases {
            assert_eq!(
                pieces(text),
                expected
                    .iter()
                    .map(|piece| format!("{piece:?}"))
                    .collect::<Vec<_>>(),
                "{text}"
            );
        }
    }

    #[test]
    fn names_are_those_of_the_pieces() {
        for text in ["/", "/a/:b/c/:d-e/*f", "/\\:a/:é", "/x_:y"] {
            let pattern = Pattern::parse(text).expect(text);
            let of_pieces: Vec<_> = pattern
                .pieces()
                .filter(|piece| !matches!(piece, Piece::Static(_)))
                .collect();
            let names = pattern.names().map(|name| {
                if text.contains(&format!("*{name}")) {
                    Piece::CatchAll(name)
                } else {
                    Piece::Param(name)
                }
            });
            assert_eq!(names.collect::<Vec<_>>(), of_pieces, "{text}");
        }
    }
}
