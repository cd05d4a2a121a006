//! The tokens of Rust.

use crate::page::html::markup::token::{Token, line, until_quote};

/// Returns the length of the first token of `rest`, and its kind.
pub(crate) fn next(rest: &str) -> (usize, Option<Token>) {
    let first = rest.chars().next().unwrap_or_default();
    if rest.starts_with("//") {
        (line(rest), Some(Token::Comment))
    } else if rest.starts_with("/*") {
        (block_comment(rest), Some(Token::Comment))
    } else if let Some(length) = text(rest) {
        (length, Some(Token::Text))
    } else if first == '\'' {
        quote(rest)
    } else if first.is_ascii_digit() {
        (number(rest), Some(Token::Number))
    } else if rest.starts_with("#[") || rest.starts_with("#![") {
        (attribute(rest), Some(Token::Attribute))
    } else if first.is_alphabetic() || first == '_' {
        word(rest)
    } else {
        (first.len_utf8(), None)
    }
}

/// Returns the length of a block comment. They nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(found) = rest[at..].find(['/', '*']) {
        at += found;
        match rest.get(at..at + 2) {
            Some("/*") => (depth, at) = (depth + 1, at + 2),
            Some("*/") => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// Returns the length of the string literal at the start, prefix included, if there is one.
fn text(rest: &str) -> Option<usize> {
    let prefix = rest
        .find(|c| !matches!(c, 'b' | 'c' | 'r'))
        .filter(|length| *length <= 2)?;
    let literal = &rest[prefix..];
    if rest[..prefix].ends_with('r') {
        let hashes = literal.len() - literal.trim_start_matches('#').len();
        let body = literal[hashes..].strip_prefix('"')?;
        let end = format!("\"{}", &literal[..hashes]);
        return Some(
            body.find(&end)
                .map_or(rest.len(), |at| prefix + hashes + 1 + at + end.len()),
        );
    }
    literal
        .starts_with('"')
        .then(|| until_quote(rest, prefix + 1, '"'))
}

/// Scans a character or a lifetime: `'a'` is closed after one character, `'a` is not.
fn quote(rest: &str) -> (usize, Option<Token>) {
    let mut chars = rest.chars().skip(1);
    match (chars.next(), chars.next()) {
        (Some('\\'), _) => (until_quote(rest, 1, '\''), Some(Token::Text)),
        (Some(c), Some('\'')) => (c.len_utf8() + 2, Some(Token::Text)),
        (Some(c), _) if c.is_alphabetic() || c == '_' => {
            (1 + name(&rest[1..]), Some(Token::Lifetime))
        }
        _ => (1, None),
    }
}

fn number(rest: &str) -> usize {
    let digits = |rest: &str| {
        rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len())
    };
    let whole = digits(rest);
    match rest[whole..].strip_prefix('.') {
        Some(fraction) if fraction.starts_with(|c: char| c.is_ascii_digit()) => {
            whole + 1 + digits(fraction)
        }
        _ => whole,
    }
}

fn attribute(rest: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in rest.char_indices() {
        match c {
            '[' => depth += 1,
            ']' if depth == 1 => return at + 1,
            ']' => depth -= 1,
            _ => {}
        }
    }
    rest.len()
}

fn word(rest: &str) -> (usize, Option<Token>) {
    let length = name(rest);
    let (word, after) = rest.split_at(length);
    let is_call = after.starts_with('(') || after.starts_with("::<");
    let is_macro = after.starts_with('!') && !after.starts_with("!=");
    let token = match word {
        _ if KEYWORDS.contains(&word) => Some(Token::Keyword),
        _ if is_macro => Some(Token::Call),
        _ if PRIMITIVES.contains(&word) => Some(Token::Type),
        _ if word.starts_with(char::is_uppercase) => Some(Token::Type),
        _ if is_call => Some(Token::Call),
        _ => None,
    };
    (length, token)
}

fn name(rest: &str) -> usize {
    let raw = if rest.starts_with("r#") { 2 } else { 0 };
    let end = rest[raw..].find(|c: char| !c.is_alphanumeric() && c != '_');
    end.map_or(rest.len(), |end| raw + end)
}

const KEYWORDS: [&str; 43] = [
    "Self", "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum",
    "extern", "false", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match",
    "mod", "move", "mut", "pub", "ref", "return", "self", "static", "struct", "super", "trait",
    "true", "try", "type", "union", "unsafe", "use", "where", "while", "yield",
];

const PRIMITIVES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128", "u16",
    "u32", "u64", "u8", "usize",
];
