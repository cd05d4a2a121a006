//! The tokens of TOML.

use crate::page::html::markup::token::{Token, line, until_quote};

/// Returns the length of the first token of `rest`, and its kind.
pub(crate) fn next(rest: &str) -> (usize, Option<Token>) {
    let first = rest.chars().next().unwrap_or_default();
    let is_key = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    match first {
        '#' => (line(rest), Some(Token::Comment)),
        '"' => (basic_string(rest), Some(Token::Text)),
        '\'' => (
            1 + rest[1..]
                .find(['\'', '\n'])
                .map_or(rest.len() - 1, |at| at + 1),
            Some(Token::Text),
        ),
        _ if is_key(first) => {
            let length = rest.find(|c| !is_key(c)).unwrap_or(rest.len());
            let after = rest[length..].trim_start_matches([' ', '\t']);
            let token = match &rest[..length] {
                _ if after.starts_with('=') => Some(Token::Call),
                _ if after.starts_with(']') => Some(Token::Type),
                "true" | "false" => Some(Token::Keyword),
                _ if first.is_ascii_digit() => Some(Token::Number),
                _ => None,
            };
            (length, token)
        }
        _ => (first.len_utf8(), None),
    }
}

/// Returns the length of a basic string. An unclosed one ends with its line, unless it is multi-line.
fn basic_string(rest: &str) -> usize {
    const LONG: &str = "\"\"\"";
    match rest.strip_prefix(LONG) {
        Some(body) => body.find(LONG).map_or(rest.len(), |at| at + 2 * LONG.len()),
        None => until_quote(rest, 1, '"').min(line(rest)),
    }
}
