//! The grammar of patterns, as functions that run at compile time as well as at run time.

use std::ops::Range;

/// The rule of the grammar that a text breaks, so that it is not a pattern.
///
/// ```
/// use gin_router::{PatternErrorKind, check};
///
/// let error = check("/:id.json").unwrap_err();
/// assert_eq!(error, PatternErrorKind::BadName);
/// assert!(error.message().starts_with("a param's name consists of letters, digits,"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternErrorKind {
    /// The text does not start with `/`.
    NoSlash,
    /// Two slashes follow one another.
    EmptySegment,
    /// Nothing follows `:` or `*`.
    NoName,
    /// A name contains other characters than letters, digits, `_` and `-`.
    BadName,
    /// A segment contains two params.
    TwoParams,
    /// `*name` follows static text.
    CatchAllAfterText,
    /// Something follows `*name`.
    CatchAllNotLast,
    /// `\` stands before neither `:` nor `*`.
    BadEscape,
}

impl PatternErrorKind {
    /// Returns the rule and its remedy in words, for an error message.
    pub const fn message(self) -> &'static str {
        match self {
            Self::NoSlash => "a pattern starts with `/`",
            Self::EmptySegment => "`//` contains an empty segment; write one `/`",
            Self::NoName => {
                "a param needs a name, as in `:id`; for the character itself write `\\:` or `\\*`"
            }
            Self::BadName => {
                "a param's name consists of letters, digits, `_` and `-`, and reaches to the end of its segment"
            }
            Self::TwoParams => {
                "a segment can contain only one param; give the second a segment of its own"
            }
            Self::CatchAllAfterText => {
                "a catch-all follows a `/`, as in `/*path`; for the character itself write `\\*`"
            }
            Self::CatchAllNotLast => {
                "a catch-all takes the rest of the path, so nothing can follow it"
            }
            Self::BadEscape => "`\\` can only escape `:` or `*`",
        }
    }
}

/// Checks that `text` is a pattern.
///
/// ```
/// use gin_router::{PatternErrorKind, check};
///
/// const USERS: &str = "/users/:id";
/// const { assert!(check(USERS).is_ok()) };
///
/// assert_eq!(check("/users//:id"), Err(PatternErrorKind::EmptySegment));
/// ```
///
/// # Errors
///
/// Returns the first rule that `text` breaks.
pub const fn check(text: &str) -> Result<(), PatternErrorKind> {
    let text = text.as_bytes();
    if text.is_empty() || text[0] != b'/' {
        return Err(PatternErrorKind::NoSlash);
    }
    let mut at = 0;
    while at < text.len() {
        if let Some(kind) = error_at(text, at) {
            return Err(kind);
        }
        at = token(text, at).1;
    }
    Ok(())
}

/// Returns `true` if the patterns `a` and `b` match the same paths: they differ in nothing but the names of params.
///
/// Both texts are patterns that [`check`] accepts.
///
/// ```
/// use gin_router::same_shape;
///
/// assert!(same_shape("/users/:id", "/users/:name"));
/// assert!(!same_shape("/users/:id", "/users/*path"));
/// ```
pub const fn same_shape(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        let (left, right) = (token(a, i), token(b, j));
        if !left.0.is(right.0) {
            return false;
        }
        (i, j) = (left.1, right.1);
    }
    i == a.len() && j == b.len()
}

/// Returns a hash of the pattern's shape: equal for patterns of the [`same_shape`], and rarely equal for others.
///
/// ```
/// use gin_router::shape_hash;
///
/// assert_eq!(shape_hash("/users/:id"), shape_hash("/users/:name"));
/// assert_ne!(shape_hash("/users/:id"), shape_hash("/users/*path"));
/// ```
pub fn shape_hash(pattern: &str) -> u64 {
    let text = pattern.as_bytes();
    // FNV-1a (Fowler, Noll and Vo), where a param and a catch-all each count as a byte of their own.
    let mut hash: u64 = 0xCBF2_9CE4_8422_2325;
    let mut at = 0;
    while at < text.len() {
        let (token, next) = token(text, at);
        let number = match token {
            Token::Byte(byte) => byte.into(),
            Token::Param => 256,
            Token::CatchAll => 257,
        };
        hash = (hash ^ number).wrapping_mul(0x0100_0000_01B3);
        at = next;
    }
    hash
}

/// A unit of a pattern's shape: a byte of static text, or a param or catch-all without its name.
#[derive(Clone, Copy)]
enum Token {
    Byte(u8),
    Param,
    CatchAll,
}

impl Token {
    const fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Byte(a), Self::Byte(b)) => a == b,
            (Self::Param, Self::Param) | (Self::CatchAll, Self::CatchAll) => true,
            _ => false,
        }
    }
}

/// Returns the token at `at`, and the position of the next one.
const fn token(text: &[u8], at: usize) -> (Token, usize) {
    match text[at] {
        b':' => (Token::Param, name_end(text, at + 1)),
        b'*' => (Token::CatchAll, name_end(text, at + 1)),
        b'\\' if at + 1 < text.len() => (Token::Byte(text[at + 1]), at + 2),
        byte => (Token::Byte(byte), at + 1),
    }
}

/// Returns the ranges of the params' names in a pattern.
pub(crate) fn names(text: &str) -> Box<[Range<u32>]> {
    let position = |at: usize| u32::try_from(at).expect("a pattern is shorter than 4 GiB");
    let mut names = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (token, next) = token(text.as_bytes(), at);
        if !matches!(token, Token::Byte(_)) {
            names.push(position(at + 1)..position(next));
        }
        at = next;
    }
    names.into()
}

const fn error_at(text: &[u8], at: usize) -> Option<PatternErrorKind> {
    let next = if at + 1 < text.len() {
        Some(text[at + 1])
    } else {
        None
    };
    match (text[at], next) {
        (b'/', Some(b'/')) => Some(PatternErrorKind::EmptySegment),
        (b'\\', Some(b':' | b'*')) => None,
        (b'\\', _) => Some(PatternErrorKind::BadEscape),
        (b'*', _) if text[at - 1] != b'/' => Some(PatternErrorKind::CatchAllAfterText),
        (b':', _) => name_error(text, at + 1),
        (b'*', _) => match name_error(text, at + 1) {
            None if name_end(text, at + 1) < text.len() => Some(PatternErrorKind::CatchAllNotLast),
            kind => kind,
        },
        _ => None,
    }
}

const fn name_error(text: &[u8], start: usize) -> Option<PatternErrorKind> {
    let end = name_end(text, start);
    let mut at = start;
    while at < end {
        match text[at] {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | 0x80.. => at += 1,
            b':' | b'*' if at > start => return Some(PatternErrorKind::TwoParams),
            _ => return Some(PatternErrorKind::BadName),
        }
    }
    if start == end {
        Some(PatternErrorKind::NoName)
    } else {
        None
    }
}

const fn name_end(text: &[u8], start: usize) -> usize {
    let mut end = start;
    while end < text.len() && text[end] != b'/' {
        end += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_pattern_reports_the_rule_it_breaks() {
        use PatternErrorKind as Kind;
        let cases = [
            ("", Kind::NoSlash),
            ("users", Kind::NoSlash),
            (":id", Kind::NoSlash),
            ("//", Kind::EmptySegment),
            ("/a//b", Kind::EmptySegment),
            ("/:", Kind::NoName),
            ("/user:", Kind::NoName),
            ("/:/a", Kind::NoName),
            ("/src/*", Kind::NoName),
            ("/:id.json", Kind::BadName),
            ("/:a b", Kind::BadName),
            ("/::a", Kind::BadName),
            ("/:a\\:b", Kind::BadName),
            ("/:a:b", Kind::TwoParams),
            ("/:a:b/", Kind::TwoParams),
            ("/:a*b", Kind::TwoParams),
            ("/a*b", Kind::CatchAllAfterText),
            ("/\\:*b", Kind::CatchAllAfterText),
            ("/*a/b", Kind::CatchAllNotLast),
            ("/*a/", Kind::CatchAllNotLast),
            ("/a\\", Kind::BadEscape),
            ("/a\\b", Kind::BadEscape),
            ("/a\\\\:b", Kind::BadEscape),
        ];
        for (text, kind) in cases {
            assert_eq!(check(text), Err(kind), "{text}");
        }
    }

    #[test]
    fn names_of_params_do_not_affect_the_shape() {
        let alike = [
            ("/:a", "/:bc"),
            ("/x_:a/b", "/x_:c/b"),
            ("/*a", "/*b"),
            ("/\\:a", "/\\:a"),
            ("/:a/:b/*c", "/:x/:y/*z"),
        ];
        let different = [
            ("/:a", "/*a"),
            ("/:a", "/a"),
            ("/:a", "/:a/"),
            ("/\\:a", "/:a"),
            ("/a", "/ab"),
            ("/a_:x", "/a:x"),
        ];
        assert!(
            alike
                .iter()
                .all(|(a, b)| same_shape(a, b) && shape_hash(a) == shape_hash(b))
        );
        assert!(
            different
                .iter()
                .all(|(a, b)| !same_shape(a, b) && !same_shape(b, a))
        );
    }
}
