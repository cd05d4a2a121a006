//! Rust's and TOML's words, told apart well enough to be coloured.

use std::ops::Range;

/// What a coloured piece of source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
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
    pub(super) fn class(self) -> &'static str {
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
pub(super) type Piece = (Range<usize>, Token);

/// The pieces of the file `name` that have a colour, in order. None for files in other languages.
pub(super) fn pieces(name: &str, text: &str) -> Vec<Piece> {
    match name.rsplit_once('.') {
        Some((_, "rs")) => scan(text, rust),
        Some((_, "toml" | "lock")) => scan(text, toml),
        _ => Vec::new(),
    }
}

/// Cuts `text` by `next`, which tells how long the piece at its argument's start is, and what.
fn scan(text: &str, next: fn(&str) -> (usize, Option<Token>)) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (length, token) = next(&text[at..]);
        if let Some(token) = token {
            pieces.push((at..at + length, token));
        }
        at += length;
    }
    pieces
}

fn rust(rest: &str) -> (usize, Option<Token>) {
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

fn toml(rest: &str) -> (usize, Option<Token>) {
    let first = rest.chars().next().unwrap_or_default();
    let is_key = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    match first {
        '#' => (line(rest), Some(Token::Comment)),
        '"' => (until_quote(rest, 1, '"'), Some(Token::Text)),
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

fn line(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// Block comments nest.
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

/// The length of the string literal at the start, prefix included, if there is one.
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

/// Where the quoted text whose inside starts at `at` ends. A backslash escapes.
fn until_quote(rest: &str, at: usize, quote: char) -> usize {
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

/// A character, or a lifetime: `'a'` ends after one character, `'a` does not.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, text: &str) -> String {
        let pieces = pieces(name, text).into_iter();
        let shown = pieces.flat_map(|(range, token)| [token.class(), ":", &text[range], " "]);
        shown.collect()
    }

    #[test]
    fn rust_is_told_apart() {
        for (text, expected) in [
            ("fn main() {}", "k-k:fn k-f:main "),
            (
                "let x: Vec<i32> = vec![1_0, 0xff, 2.5];",
                "k-k:let k-t:Vec k-t:i32 k-f:vec k-n:1_0 k-n:0xff k-n:2.5 ",
            ),
            ("0..10 x.0.1", "k-n:0 k-n:10 k-n:0.1 "),
            ("a /* b /* c */ d */ e", "k-c:/* b /* c */ d */ "),
            ("// all of it\nuse", "k-c:// all of it k-k:use "),
            (r##"r#"a "quoted" b"# x"##, r##"k-s:r#"a "quoted" b"# "##),
            (r#""a \" b" br"\" c"#, r#"k-s:"a \" b" k-s:br"\" "#),
            (
                r"'a' '\'' 'static '漢'",
                r"k-s:'a' k-s:'\'' k-l:'static k-s:'漢' ",
            ),
            ("#[derive(Debug)] r#type", "k-a:#[derive(Debug)] "),
            ("\"never closed", "k-s:\"never closed "),
            ("/* never closed", "k-c:/* never closed "),
            ("a != b", ""),
        ] {
            assert_eq!(shown("src/main.rs", text), expected, "{text}");
        }
    }

    #[test]
    fn toml_is_told_apart() {
        let text = "[package] # it\nname = \"x\"\npublish = false\nn = 12";
        let expected =
            "k-t:package k-c:# it k-f:name k-s:\"x\" k-f:publish k-k:false k-f:n k-n:12 ";
        assert_eq!(shown("Cargo.toml", text), expected);
    }

    #[test]
    fn no_text_is_cut_within_a_character() {
        let hostile = "'漢 b'é' \"🦀\\ #[漢 r#漢 /*🦀 r###\"é 1.é '\\";
        for (start, _) in hostile.char_indices() {
            let text = &hostile[start..];
            for (range, _) in pieces("a.rs", text)
                .into_iter()
                .chain(pieces("a.toml", text))
            {
                assert!(text.get(range).is_some());
            }
        }
    }
}
