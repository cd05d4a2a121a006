//! Masking of values that look like secrets.

use std::ops::Range;

use crate::text::ansi::{self, Piece};

/// Endings of names whose values are secret.
const NAMES: [&str; 11] = [
    "key",
    "token",
    "secret",
    "password",
    "passwd",
    "dsn",
    "cookie",
    "authorization",
    "credential",
    "auth",
    "signature",
];

/// The replacement for a secret.
pub(crate) const MASK: &str = "••••••";

/// Masks the values of secret-looking names in `line`: `API_KEY=…`, `"token": "…"`, `Authorization: Bearer …`, and the
/// password of a URL.
pub(crate) fn mask(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut at = 0;
    for value in values(line) {
        out.push_str(&line[at..value.start]);
        out.push_str(MASK);
        at = value.end;
    }
    out.push_str(&line[at..]);
    out
}

/// Masks secrets in a line with colors, which stay: loggers put them between a name and its value.
pub(crate) fn mask_colored(line: &str) -> String {
    let values = values(&ansi::strip(line));
    let mut out = String::with_capacity(line.len());
    let mut start = 0;
    for piece in ansi::pieces(line) {
        match piece {
            Piece::Sgr(sgr) => out.extend(["\x1b[", sgr, "m"]),
            Piece::Text(text) => {
                mask_within(text, start, &values, &mut out);
                start += text.len();
            }
        }
    }
    out
}

/// Appends the masked `text`, which starts at byte `start` of the line. `values` are the ranges of its secrets.
fn mask_within(text: &str, start: usize, values: &[Range<usize>], out: &mut String) {
    let end = start + text.len();
    let mut at = start;
    for value in values
        .iter()
        .filter(|value| value.start < end && start < value.end)
    {
        out.push_str(&text[at - start..value.start.max(start) - start]);
        if value.start >= start {
            out.push_str(MASK);
        }
        at = value.end.min(end);
    }
    out.push_str(&text[at - start..]);
}

/// Masks secrets in each line of a text with colors, which stay.
pub(crate) fn mask_lines(text: &str) -> String {
    text.split_inclusive('\n').map(mask_colored).collect()
}

/// Masks the passwords of URLs only, in a text in which `key: value` may be about a key.
pub(crate) fn mask_urls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (sign, _) in text.match_indices(':') {
        if let Some(password) = url_password(text, sign, ":") {
            out.push_str(&text[at..password.start]);
            out.push_str(MASK);
            at = password.end;
        }
    }
    out.push_str(&text[at..]);
    out
}

/// Returns the ranges of the secrets in `line`.
fn values(line: &str) -> Vec<Range<usize>> {
    let mut values: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(found) = next_value(&line[at..]) {
        values.push(at + found.start..at + found.end);
        at += found.end;
    }
    values
}

/// Returns the range of the first secret in `text`.
fn next_value(text: &str) -> Option<Range<usize>> {
    text.match_indices(['=', ':'])
        .find_map(|(at, sign)| assigned(text, at).or_else(|| url_password(text, at, sign)))
}

/// Returns the range of the value assigned by the `=` or `:` at `at`, if a secret's name stands before it.
fn assigned(text: &str, at: usize) -> Option<Range<usize>> {
    let before = text[..at].trim_end_matches(['"', '\'', ' ']);
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let name = &before[before.trim_end_matches(is_word).len()..];
    if !is_secret(name) {
        return None;
    }
    let after = &text[at + 1..];
    // `mod::key::value` is a path and `key == value` a comparison: neither assigns.
    if after.starts_with([':', '=']) || before.len() == at && before.ends_with(':') {
        return None;
    }
    let value = after.trim_start_matches([' ', '"', '\'']);
    let start = text.len() - value.len();
    let header =
        name.eq_ignore_ascii_case("authorization") || name.to_ascii_lowercase().ends_with("cookie");
    let end = if header {
        value.find(['"', '\'']).unwrap_or(value.len())
    } else {
        value
            .find(|c: char| {
                c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '&' | ')' | '}')
            })
            .unwrap_or(value.len())
    };
    (end > 0 && !value.starts_with(MASK)).then(|| start..start + end)
}

/// Returns the range of the password in `scheme://user:password@host`, whose second `:` is at `at`.
fn url_password(text: &str, at: usize, sign: &str) -> Option<Range<usize>> {
    let before = text[..at].trim_end_matches(|c: char| !matches!(c, '/' | ':' | '@' | ' ' | '"'));
    let rest = &text[at + 1..];
    if sign != ":" || !before.ends_with("://") || rest.starts_with(MASK) {
        return None;
    }
    let end = rest.find(['/', ' ', '"', '\'']).unwrap_or(rest.len());
    let password = rest[..end].rfind('@').filter(|length| *length > 0)?;
    Some(at + 1..at + 1 + password)
}

/// Returns `true` if the name announces a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.strip_suffix(['s', 'S']).unwrap_or(name).as_bytes();
    NAMES.iter().any(|secret| {
        let start = name.len().checked_sub(secret.len());
        start.is_some_and(|start| name[start..].eq_ignore_ascii_case(secret.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_do_not_reveal_a_secret() {
        for (line, shown) in [
            (
                "\x1b[3mapi_key\x1b[0m\x1b[2m=\x1b[0m\"abc\" \x1b[1mid\x1b[0m=7",
                "\x1b[3mapi_key\x1b[0m\x1b[2m=\x1b[0m\"••••••\" \x1b[1mid\x1b[0m=7",
            ),
            ("token=a\x1b[1mbc\x1b[0md é", "token=••••••\x1b[1m\x1b[0m é"),
            ("to\x1b]0;title\x07ken=abc", "token=••••••"),
            ("\x1b[32mINFO\x1b[0m ready", "\x1b[32mINFO\x1b[0m ready"),
        ] {
            assert_eq!(mask_colored(line), shown);
        }
    }

    #[test]
    fn only_the_passwords_of_urls_are_masked_where_keys_are_the_subject() {
        for (text, shown) in [
            (
                "unused manifest key: package.token",
                "unused manifest key: package.token",
            ),
            (
                "https://ann:hush@crates.test/i and ssh://git:hush@x",
                "https://ann:••••••@crates.test/i and ssh://git:••••••@x",
            ),
            ("at http://localhost:3000/a", "at http://localhost:3000/a"),
        ] {
            assert_eq!(mask_urls(text), shown);
        }
        assert_eq!(
            mask_lines("a\n\x1b[1mtoken\x1b[0m=b\nc"),
            "a\n\x1b[1mtoken\x1b[0m=••••••\nc"
        );
    }

    #[test]
    fn secrets_are_masked_and_the_rest_is_not() {
        for (line, shown) in [
            ("API_KEY=abc123 PORT=80", "API_KEY=•••••• PORT=80"),
            (
                r#"{"token": "abc", "id": 7}"#,
                r#"{"token": "••••••", "id": 7}"#,
            ),
            ("Authorization: Bearer abc.def", "Authorization: ••••••"),
            ("set-cookie: sid=1; Path=/", "set-cookie: ••••••"),
            ("postgres://ann:pa:ss@db/x", "postgres://ann:••••••@db/x"),
            ("SENTRY_DSN=https://k@x.io/1", "SENTRY_DSN=••••••"),
            (
                "password: hunter2, user: ann",
                "password: ••••••, user: ann",
            ),
            (
                "listening on http://127.0.0.1:3000",
                "listening on http://127.0.0.1:3000",
            ),
            (
                "std::collections::key::thing",
                "std::collections::key::thing",
            ),
            ("redis://:secret@host:6379/0", "redis://:••••••@host:6379/0"),
            ("see http://host:80/a@b", "see http://host:80/a@b"),
            ("no key here", "no key here"),
            ("KEY=", "KEY="),
        ] {
            assert_eq!(mask(line), shown);
        }
    }
}
