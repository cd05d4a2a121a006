//! The code inside a template: its regions between delimiters, as tokens.
//!
//! The engine has parsed a template before it gets here, so that malformed code needs no message of its own.

use std::ops::Range;

use minijinja::syntax::SyntaxConfig;

/// A piece of code in a template: `{{ … }}` or `{% … %}`.
#[derive(Debug)]
pub(super) struct Region<'s> {
    pub(super) kind: Kind,
    /// The bytes of the region, delimiters included.
    pub(super) span: Range<usize>,
    pub(super) tokens: Vec<Token<'s>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An expression that is printed.
    Output,
    /// A statement.
    Statement,
}

/// A token, and the byte at which it starts.
#[derive(Debug)]
pub(super) struct Token<'s> {
    pub(super) kind: TokenKind<'s>,
    pub(super) at: usize,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum TokenKind<'s> {
    /// A name, a keyword or a number.
    Word(&'s str),
    /// The text of a string.
    Text(String),
    /// Any other character.
    Sign(char),
}

impl Region<'_> {
    /// Returns the statement's keyword: `for`, `include`.
    pub(super) fn keyword(&self) -> Option<&str> {
        match self.kind {
            Kind::Output => None,
            Kind::Statement => self.word(0),
        }
    }

    pub(super) fn word(&self, index: usize) -> Option<&str> {
        match self.tokens.get(index)?.kind {
            TokenKind::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn text(&self, index: usize) -> Option<&str> {
        match &self.tokens.get(index)?.kind {
            TokenKind::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn is_sign(&self, index: usize, sign: char) -> bool {
        let token = self.tokens.get(index);
        token.is_some_and(|token| token.kind == TokenKind::Sign(sign))
    }
}

/// Returns the regions of `source` in order. Comments and the inside of `{% raw %}` are not code.
pub(super) fn regions<'s>(source: &'s str, syntax: &SyntaxConfig) -> Vec<Region<'s>> {
    let mut regions = Vec::new();
    let mut at = 0;
    let mut is_raw = false;
    while let Some((start, opened)) = next_start(source, at, syntax) {
        at = match opened {
            Opened::Comment => end_of(source, start, syntax.comment_delimiters()),
            Opened::Code(kind, delimiters) => {
                let region = region(source, start, kind, delimiters);
                let end = region.span.end;
                match region.keyword() {
                    Some("raw") if !is_raw => is_raw = true,
                    Some("endraw") => is_raw = false,
                    _ if is_raw => {}
                    _ => regions.push(region),
                }
                end
            }
        };
    }
    regions
}

enum Opened<'d> {
    Comment,
    Code(Kind, (&'d str, &'d str)),
}

/// Finds the next start of a region. Of two delimiters at one place the longer one counts.
fn next_start<'d>(
    source: &str,
    from: usize,
    syntax: &'d SyntaxConfig,
) -> Option<(usize, Opened<'d>)> {
    let (output, statement) = (syntax.variable_delimiters(), syntax.block_delimiters());
    let rest = source.get(from..)?;
    let find = |start: &str| Some((from + rest.find(start)?, start.len()));
    let candidates = [
        (find(output.0), Opened::Code(Kind::Output, output)),
        (find(statement.0), Opened::Code(Kind::Statement, statement)),
        (find(syntax.comment_delimiters().0), Opened::Comment),
    ];
    let found = candidates
        .into_iter()
        .filter_map(|(found, opened)| found.map(|(at, length)| (at, length, opened)));
    let (at, _, opened) = found.min_by_key(|(at, length, _)| (*at, usize::MAX - length))?;
    Some((at, opened))
}

fn end_of(source: &str, start: usize, (open, close): (&str, &str)) -> usize {
    let inside = start + open.len();
    let found = source.get(inside..).and_then(|rest| rest.find(close));
    found.map_or(source.len(), |end| inside + end + close.len())
}

/// Reads the tokens of a region up to its end. An end delimiter inside a text or inside braces does not count.
fn region<'s>(
    source: &'s str,
    start: usize,
    kind: Kind,
    (open, close): (&str, &str),
) -> Region<'s> {
    let mut tokens = Vec::new();
    let mut at = start + open.len();
    let mut depth = 0_usize;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        if depth == 0 && rest.starts_with(close) {
            at += close.len();
            break;
        }
        let (token, length) = token(rest);
        match token {
            Some(TokenKind::Sign('{')) => depth += 1,
            Some(TokenKind::Sign('}')) => depth = depth.saturating_sub(1),
            // A `-` or `+` beside a delimiter belongs to the delimiter.
            Some(TokenKind::Sign('-' | '+')) if at == start + open.len() => {
                at += length;
                continue;
            }
            _ => {}
        }
        tokens.extend(token.map(|kind| Token { kind, at }));
        at += length;
    }
    Region {
        kind,
        span: start..at.min(source.len()),
        tokens,
    }
}

/// Returns the token at the start of `rest`, unless that is white space, and the number of its bytes.
fn token(rest: &str) -> (Option<TokenKind<'_>>, usize) {
    let first = rest.chars().next().unwrap_or(' ');
    let is_in_word = |c: char| c == '_' || c.is_alphanumeric();
    match first {
        '"' | '\'' => text(rest, first),
        _ if first.is_whitespace() => (None, first.len_utf8()),
        _ if is_in_word(first) => {
            let end = rest.find(|c| !is_in_word(c)).unwrap_or(rest.len());
            (Some(TokenKind::Word(&rest[..end])), end)
        }
        _ => (Some(TokenKind::Sign(first)), first.len_utf8()),
    }
}

/// Reads a text in quotes. Escapes other than those of quotes and backslashes stay as they are: no name contains them.
fn text(rest: &str, quote: char) -> (Option<TokenKind<'_>>, usize) {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => text.extend(characters.next().map(|(_, escaped)| escaped)),
            _ if character == quote => return (Some(TokenKind::Text(text)), at + 1),
            _ => text.push(character),
        }
    }
    (Some(TokenKind::Text(text)), rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<String> {
        let show = |kind: &TokenKind<'_>| match kind {
            TokenKind::Word(word) => (*word).to_owned(),
            TokenKind::Text(text) => format!("'{text}'"),
            TokenKind::Sign(sign) => sign.to_string(),
        };
        let regions = regions(source, &SyntaxConfig::default());
        let region = |region: &Region<'_>| {
            let tokens: Vec<_> = region
                .tokens
                .iter()
                .map(|token| show(&token.kind))
                .collect();
            tokens.join(" ")
        };
        regions.iter().map(region).collect()
    }

    #[test]
    fn code_is_split_into_tokens() {
        for (source, expected) in [
            ("a {{ b }} c", vec!["b"]),
            ("{{-b-}}{%+ if c +%}", vec!["b -", "if c +"]),
            (r#"{{ url('a\'b', "}}") }}"#, vec!["url ( 'a'b' , '}}' )"]),
            ("{{ {'a': {'b': 1}}.a }}", vec!["{ 'a' : { 'b' : 1 } } . a"]),
            ("{# {{ a }} #}{{ b }}", vec!["b"]),
            ("{% raw %}{{ a }}{% b %}{% endraw %}{{ c }}", vec!["c"]),
            ("{{ größe|länge }}", vec!["größe | länge"]),
            ("{{ a", vec!["a"]),
            ("{{ 'a", vec!["'a'"]),
            ("{", vec![]),
        ] {
            assert_eq!(words(source), expected, "{source}");
        }
    }
}
