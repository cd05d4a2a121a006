//! Tokens of source code, and helpers for the scanners of all languages.

use std::ops::Range;

/// The kind of a highlighted range of source code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Comment,
    Text,
    Number,
    Keyword,
    Type,
    Call,
    Lifetime,
    Attribute,
}

impl Token {
    /// Returns the class that colors it.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Token::Comment => "k-c",
            Token::Text => "k-s",
            Token::Number => "k-n",
            Token::Keyword => "k-k",
            Token::Type => "k-t",
            Token::Call => "k-f",
            Token::Lifetime => "k-l",
            Token::Attribute => "k-a",
        }
    }
}

/// A highlighted range of bytes.
pub(crate) type Highlight = (Range<usize>, Token);

/// Returns the length of the rest of the line.
pub(crate) fn line(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// Returns the end of the quoted text whose content starts at `at`. A backslash escapes.
pub(crate) fn until_quote(rest: &str, at: usize, quote: char) -> usize {
    let mut chars = rest[at..].char_indices();
    while let Some((offset, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == quote {
            return at + offset + 1;
        }
    }
    rest.len()
}
