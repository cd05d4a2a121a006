//! The tokens of Rust that matter to find functions.

/// A word, or a character between words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    /// Its offset in the source, in bytes.
    pub(super) offset: usize,
}

impl Token<'_> {
    /// Returns `true` for an identifier or a keyword.
    pub(super) fn is_word(&self) -> bool {
        self.text.starts_with(is_word_start)
    }
}

/// Splits a source into tokens. Comments, strings and characters are left out.
pub(super) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let offset = source.len() - rest.len();
        let skipped = comment(rest).or_else(|| literal(rest));
        let length = match skipped {
            Some(length) => length,
            None if is_word_start(first) || first.is_ascii_digit() => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                end.unwrap_or(rest.len())
            }
            None => first.len_utf8(),
        };
        let (text, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        if skipped.is_none() && !first.is_whitespace() {
            found.push(Token { text, offset });
        }
        rest = after;
    }
    found
}

fn is_word_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

/// Returns the length of the comment at the start of a text, if there is one. Those between `/*` and `*/` nest.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    let inner = text.strip_prefix("/*")?;
    let mut depth = 1_usize;
    let mut rest = inner;
    while depth > 0 {
        let Some(mark) = rest.find(['/', '*']) else {
            return Some(text.len());
        };
        rest = rest.get(mark..).unwrap_or_default();
        let step = match rest.get(..2) {
            Some("/*") => {
                depth += 1;
                2
            }
            Some("*/") => {
                depth -= 1;
                2
            }
            _ => 1,
        };
        rest = rest.get(step..).unwrap_or_default();
    }
    Some(text.len() - rest.len())
}

/// Returns the length of the string, character or lifetime at the start of a text, if there is one.
fn literal(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c", ""];
    let prefix = prefix.into_iter().find(|prefix| {
        let rest = text.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.starts_with(['"', '#', '\'']))
    })?;
    let rest = text.get(prefix.len()..)?;
    if prefix.ends_with('r') {
        return raw(rest).map(|length| prefix.len() + length);
    }
    let length = match rest.chars().next()? {
        '"' => quoted(rest, '"'),
        '\'' if prefix != "c" => character(rest),
        _ => return None,
    };
    Some(prefix.len() + length)
}

/// Returns the length of `#"…"#`, or of the name in `r#name`.
fn raw(text: &str) -> Option<usize> {
    let hashes = text.len() - text.trim_start_matches('#').len();
    let after = text.get(hashes..)?;
    if !after.starts_with('"') {
        return None;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let inner = after.get(1..)?;
    let length = inner
        .find(&end)
        .map_or(inner.len(), |place| place + end.len());
    Some(hashes + 1 + length)
}

/// Returns the length of a text between two quotes, with escapes.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (place, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return place + 1,
            _ => {}
        }
    }
    text.len()
}

/// Returns the length of a character, or of a lifetime's quote.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), _) => quoted(text, '\''),
        (Some(_), Some((place, '\''))) => place + 1,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_left_out() {
        for (source, expected) in [
            ("fn a() {}", "fn a ( ) { }"),
            ("a // b\nc", "a c"),
            ("a /* b /* c */ d */ e", "a e"),
            ("/* a", ""),
            (r#"a "b \" c" d"#, "a d"),
            (r##"a r#"b " c"# d br"e" c"f""##, "a d"),
            ("a '{' b '\\'' c b'}' d", "a b c d"),
            ("&'a str 'x'", "& a str"),
            ("r#fn 1_u8", "r # fn 1_u8"),
            ("\"a", ""),
            ("é '", "é"),
        ] {
            let tokens = tokens(source);
            let texts: Vec<_> = tokens.iter().map(|token| token.text).collect();
            assert_eq!(texts.join(" "), expected, "{source}");
            for token in tokens {
                assert!(source[token.offset..].starts_with(token.text), "{source}");
            }
        }
    }
}
