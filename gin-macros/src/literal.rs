//! The text of a string literal.

use proc_macro2::{Literal, TokenTree};

use crate::mistake::Mistake;
use crate::tokens::ungrouped;

const NOT_TEXT: &str = "the pattern must be a string literal, as in `\"/hello/:name\"`";

/// Returns the text of the string literal that `tokens` consist of.
pub(crate) fn text_of(tokens: &[TokenTree]) -> Result<String, Mistake> {
    match &ungrouped(tokens.to_vec())[..] {
        [TokenTree::Literal(literal)] => parse(literal),
        _ => Err(Mistake::over(tokens, NOT_TEXT)),
    }
}

/// Returns the text of the string literal that is the value of a setting, or `None` if it is another expression.
pub(crate) fn value_of(tokens: &[TokenTree]) -> Option<String> {
    match &ungrouped(tokens.to_vec())[..] {
        [TokenTree::Literal(literal)] => parse(literal).ok(),
        _ => None,
    }
}

fn parse(literal: &Literal) -> Result<String, Mistake> {
    let source = literal.to_string();
    let not_text = || Mistake::at(literal.span(), NOT_TEXT);
    if let Some(raw) = source.strip_prefix('r') {
        let text = raw
            .trim_matches('#')
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        return text.map(str::to_owned).ok_or_else(not_text);
    }
    let quoted = source
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    unescape(quoted.ok_or_else(not_text)?).ok_or_else(|| {
        Mistake::at(
            literal.span(),
            "the only escapes in a pattern are `\\\\` and `\\\"`; write the character itself",
        )
    })
}

fn unescape(text: &str) -> Option<String> {
    let mut chars = text.chars();
    let mut unescaped = String::with_capacity(text.len());
    while let Some(c) = chars.next() {
        match c {
            '\\' => unescaped.push(chars.next().filter(|c| matches!(c, '\\' | '"'))?),
            c => unescaped.push(c),
        }
    }
    Some(unescaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_stands_for_its_text() {
        let text = |source: &str| text_of(&[source.parse::<Literal>().expect(source).into()]);
        for (source, expected) in [
            (r#""/a""#, "/a"),
            (r#""/\\:a\"""#, "/\\:a\""),
            (r##"r#"/\:a"b"#"##, "/\\:a\"b"),
            (r#"r"/é""#, "/é"),
        ] {
            assert_eq!(text(source).expect(source), expected);
        }
        for source in [r#""/\n""#, "1", "'a'", "b\"/a\"", "c\"/a\""] {
            assert!(text(source).is_err(), "{source}");
        }
    }
}
