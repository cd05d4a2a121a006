//! Tokens of source code, and what scanners of all languages share.

use std::ops::Range;

/// What a coloured piece of source is.
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
    /// Its class on the page.
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

/// A piece of source and what it is.
pub(crate) type Highlight = (Range<usize>, Token);

/// How long the rest of the line is.
pub(crate) fn line(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// Where the quoted text whose inside starts at `at` ends. A backslash escapes.
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
