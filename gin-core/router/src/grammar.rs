//! What patterns are made of, read at compile time as well as at run time.

use std::ops::Range;

/// What keeps a text from being a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternErrorKind {
    /// The text does not start with `/`.
    NoSlash,
    /// Two slashes follow one another.
    EmptySegment,
    /// Nothing follows `:` or `*`.
    NoName,
    /// A name holds something else than letters, digits, `_` and `-`.
    BadName,
    /// A segment holds two params.
    TwoParams,
    /// `*name` follows static text.
    CatchAllAfterText,
    /// Something follows `*name`.
    CatchAllNotLast,
    /// `\` stands before neither `:` nor `*`.
    BadEscape,
}

impl PatternErrorKind {
    /// The fault and its remedy, in words.
    pub const fn message(self) -> &'static str {
        match self {
            Self::NoSlash => "a pattern starts with `/`",
            Self::EmptySegment => "`//` holds an empty segment; write one `/`",
            Self::NoName => {
                "a param needs a name, as in `:id`; for the character itself write `\\:` or `\\*`"
            }
            Self::BadName => {
                "the name of a param is letters, digits, `_` and `-`, and goes to the end of its segment"
            }
            Self::TwoParams => "a segment holds one param; give the second a segment of its own",
            Self::CatchAllAfterText => {
                "a catch-all follows a `/`, as in `/*path`; for the character itself write `\\*`"
            }
            Self::CatchAllNotLast => {
                "a catch-all takes the rest of the path, so nothing can follow it"
            }
            Self::BadEscape => "`\\` only stands before `:` or `*`",
        }
    }
}

/// Whether `text` is a pattern; at compile time as well.
pub const fn check(text: &str) -> Result<(), PatternErrorKind> {
    let text = text.as_bytes();
    if text.is_empty() || text[0] != b'/' {
        return Err(PatternErrorKind::NoSlash);
    }
    let mut at = 0;
    while at < text.len() {
        if let Some(fault) = fault_at(text, at) {
            return Err(fault);
        }
        at = token(text, at).1;
    }
    Ok(())
}

/// Whether every path that matches `a` also matches `b` and the reverse: the same but for the names of params.
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

/// A number that two patterns share if they are of one shape, and seldom if they are not.
pub fn shape_hash(pattern: &str) -> u64 {
    let text = pattern.as_bytes();
    // Fowler, Noll and Vo's FNV-1a, where a param counts as one more octet.
    let mut hash: u64 = 0xCBF2_9CE4_8422_2325;
    let mut at = 0;
    while at < text.len() {
        let (token, next) = token(text, at);
        let number = match token {
            Token::Byte(byte) => byte.into(),
            Token::Param => 256,
            Token::Rest => 257,
        };
        hash = (hash ^ number).wrapping_mul(0x0100_0000_01B3);
        at = next;
    }
    hash
}

/// What matters of a pattern's next characters to its shape.
#[derive(Clone, Copy)]
enum Token {
    Byte(u8),
    Param,
    Rest,
}

impl Token {
    const fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Byte(a), Self::Byte(b)) => a == b,
            (Self::Param, Self::Param) | (Self::Rest, Self::Rest) => true,
            _ => false,
        }
    }
}

/// The token at `at`, and where the next one starts.
const fn token(text: &[u8], at: usize) -> (Token, usize) {
    match text[at] {
        b':' => (Token::Param, name_end(text, at + 1)),
        b'*' => (Token::Rest, name_end(text, at + 1)),
        b'\\' if at + 1 < text.len() => (Token::Byte(text[at + 1]), at + 2),
        byte => (Token::Byte(byte), at + 1),
    }
}

/// Where the names of the params stand in a pattern.
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

const fn fault_at(text: &[u8], at: usize) -> Option<PatternErrorKind> {
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
        (b':', _) => name_fault(text, at + 1),
        (b'*', _) => match name_fault(text, at + 1) {
            None if name_end(text, at + 1) < text.len() => Some(PatternErrorKind::CatchAllNotLast),
            fault => fault,
        },
        _ => None,
    }
}

const fn name_fault(text: &[u8], start: usize) -> Option<PatternErrorKind> {
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
    fn what_is_no_pattern_says_why() {
        let faults = [
            ("", PatternErrorKind::NoSlash),
            ("users", PatternErrorKind::NoSlash),
            (":id", PatternErrorKind::NoSlash),
            ("//", PatternErrorKind::EmptySegment),
            ("/a//b", PatternErrorKind::EmptySegment),
            ("/:", PatternErrorKind::NoName),
            ("/user:", PatternErrorKind::NoName),
            ("/:/a", PatternErrorKind::NoName),
            ("/src/*", PatternErrorKind::NoName),
            ("/:id.json", PatternErrorKind::BadName),
            ("/:a b", PatternErrorKind::BadName),
            ("/::a", PatternErrorKind::BadName),
            ("/:a\\:b", PatternErrorKind::BadName),
            ("/:a:b", PatternErrorKind::TwoParams),
            ("/:a:b/", PatternErrorKind::TwoParams),
            ("/:a*b", PatternErrorKind::TwoParams),
            ("/a*b", PatternErrorKind::CatchAllAfterText),
            ("/\\:*b", PatternErrorKind::CatchAllAfterText),
            ("/*a/b", PatternErrorKind::CatchAllNotLast),
            ("/*a/", PatternErrorKind::CatchAllNotLast),
            ("/a\\", PatternErrorKind::BadEscape),
            ("/a\\b", PatternErrorKind::BadEscape),
            ("/a\\\\:b", PatternErrorKind::BadEscape),
        ];
        for (text, fault) in faults {
            assert_eq!(check(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn names_are_no_part_of_a_shape() {
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
