//! Values that look like secrets, masked in what is shown.

/// Names that announce a secret.
const NAMES: [&str; 9] = [
    "key",
    "token",
    "secret",
    "password",
    "passwd",
    "dsn",
    "cookie",
    "authorization",
    "credential",
];

/// What stands in a secret's place.
pub(crate) const MASK: &str = "••••••";

/// `line` with the values of secret-looking names masked: `API_KEY=…`, `"token": "…"`, `Authorization: Bearer …`, and the
/// password of a URL.
pub(crate) fn mask(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(found) = next_value(rest) {
        out.push_str(&rest[..found.start]);
        out.push_str(MASK);
        rest = &rest[found.end..];
    }
    out.push_str(rest);
    out
}

/// The next secret's place in `text`.
fn next_value(text: &str) -> Option<std::ops::Range<usize>> {
    text.match_indices(['=', ':'])
        .find_map(|(at, sign)| assigned(text, at).or_else(|| url_password(text, at, sign)))
}

/// The value assigned by the `=` or `:` at `at`, if a secret's name stands before it.
fn assigned(text: &str, at: usize) -> Option<std::ops::Range<usize>> {
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

/// The password in `scheme://user:password@host`, whose second `:` is at `at`.
fn url_password(text: &str, at: usize, sign: &str) -> Option<std::ops::Range<usize>> {
    let before = text[..at].trim_end_matches(|c: char| !matches!(c, '/' | ':' | '@' | ' ' | '"'));
    let rest = &text[at + 1..];
    if sign != ":" || !before.ends_with("://") || rest.starts_with(MASK) {
        return None;
    }
    let end = rest.find(['/', ' ', '"', '\'']).unwrap_or(rest.len());
    let password = rest[..end].rfind('@').filter(|length| *length > 0)?;
    Some(at + 1..at + 1 + password)
}

/// Does a name announce a secret?
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
