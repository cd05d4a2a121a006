//! A route's pattern, and its decomposition into pieces and segments.

use std::fmt;
use std::ops::Range;

use crate::grammar::{self, PatternErrorKind};

/// A checked route pattern: static text, `:name` for one segment, `*name` for the rest.
///
/// `\:` and `\*` stand for the characters themselves.
///
/// ```
/// use gin_router::{Pattern, Piece};
///
/// let pattern = Pattern::parse("/users/:id/files/*path")?;
/// assert_eq!(pattern.as_str(), "/users/:id/files/*path");
/// assert!(pattern.names().eq(["id", "path"]));
/// assert_eq!(pattern.pieces().nth(1), Some(Piece::Param("id")));
///
/// assert!(Pattern::parse("/v1/users\\:batch")?.names().next().is_none());
/// # Ok::<(), gin_router::PatternError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    text: Box<str>,
    /// The ranges of the params' names in the text.
    names: Box<[Range<u32>]>,
    catch_all: Option<usize>,
}

/// A piece of a pattern, as [`Pattern::pieces`] returns them.
///
/// ```
/// use gin_router::{Pattern, Piece};
///
/// let pattern = Pattern::parse("/avatar_:id/*path")?;
/// assert!(pattern.pieces().eq([
///     Piece::Static("/avatar_"),
///     Piece::Param("id"),
///     Piece::Static("/"),
///     Piece::CatchAll("path"),
/// ]));
/// # Ok::<(), gin_router::PatternError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text that a path contains literally, slashes included.
    Static(&'a str),
    /// The name of a param, which takes one segment or the end of one.
    Param(&'a str),
    /// The name of a catch-all, which takes the rest of the path, from its slash on.
    CatchAll(&'a str),
}

/// An error for a text that is not a pattern. Its message quotes the text and names the remedy.
///
/// ```
/// let error = gin_router::Pattern::parse("/users/:").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r"bad pattern `/users/:`: a param needs a name, as in `:id`; for the character itself write `\:` or `\*`",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    text: Box<str>,
    kind: PatternErrorKind,
}

impl Pattern {
    /// Parses `text` as a pattern.
    ///
    /// # Errors
    ///
    /// Returns an error if `text` breaks a rule of [`PatternErrorKind`].
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        match grammar::check(text) {
            Ok(()) => {
                let names = grammar::names(text);
                let ends_with_rest = matches!(pieces(text).last(), Some(Piece::CatchAll(_)));
                Ok(Self {
                    text: text.into(),
                    catch_all: names.len().checked_sub(1).filter(|_| ends_with_rest),
                    names,
                })
            }
            Err(kind) => Err(PatternError {
                text: text.into(),
                kind,
            }),
        }
    }

    /// Returns the pattern's text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the names of the params and of the catch-all, in the order of their values in [`Params`](crate::Params).
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names
            .iter()
            .map(|name| &self.text[name.start as usize..name.end as usize])
    }

    /// Returns the index of the catch-all among the [names](Pattern::names). It is the last one.
    pub fn catch_all(&self) -> Option<usize> {
        self.catch_all
    }

    /// Splits the pattern into pieces. An escape starts a new piece of static text.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        pieces(&self.text)
    }

    /// Splits the pattern at its slashes.
    pub(crate) fn segments(&self) -> impl Iterator<Item = PatternSegment> {
        self.text[1..].split('/').map(PatternSegment::parse)
    }
}

/// A part of a pattern between two slashes: static text, then perhaps a param or a catch-all.
pub(crate) struct PatternSegment {
    pub(crate) text: String,
    pub(crate) end: End,
}

/// The end of a segment, after its static text.
pub(crate) enum End {
    Nothing,
    Param,
    CatchAll,
}

impl PatternSegment {
    fn parse(segment: &str) -> Self {
        let mut parsed = Self {
            text: String::new(),
            end: End::Nothing,
        };
        for piece in pieces(segment) {
            match piece {
                Piece::Static(text) => parsed.text.push_str(text),
                Piece::Param(_) => parsed.end = End::Param,
                Piece::CatchAll(_) => parsed.end = End::CatchAll,
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
        write!(f, "bad pattern `{}`: {}", self.text, self.kind.message())
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
    // An escaped character is static text, so the search for the end of the piece starts after it.
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
    fn a_pattern_splits_into_pieces() {
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
    fn names_and_pieces_agree() {
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
