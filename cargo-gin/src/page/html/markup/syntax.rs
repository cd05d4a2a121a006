//! Highlighting of Rust and TOML.

use std::ops::Range;

use crate::page::html::markup::html::Html;
use crate::page::html::markup::token::{Highlight, Token};
use crate::page::html::markup::{rust, toml};

/// Returns the highlights of a file's text, in order. There are none in other languages.
pub(crate) fn highlights(name: &str, text: &str) -> Vec<Highlight> {
    match name.rsplit_once('.') {
        Some((_, "rs")) => scan(text, rust::next),
        Some((_, "toml" | "lock")) => scan(text, toml::next),
        _ => Vec::new(),
    }
}

/// Splits `text` with `next`, which returns the length and the token of what its argument starts with.
fn scan(text: &str, next: fn(&str) -> (usize, Option<Token>)) -> Vec<Highlight> {
    let mut highlights = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (length, token) = next(&text[at..]);
        if let Some(token) = token {
            highlights.push((at..at + length, token));
        }
        at += length;
    }
    highlights
}

/// Adds `text` with the highlights of the file's language.
pub(crate) fn code(html: &mut Html, file: &str, text: &str) {
    colored(html, text, &highlights(file, text), 0..text.len());
}

/// Adds the part of `text` in `shown`, with the highlights of the whole.
pub(crate) fn colored(html: &mut Html, text: &str, highlights: &[Highlight], shown: Range<usize>) {
    let mut at = shown.start;
    let first = highlights.partition_point(|(range, _)| range.end <= shown.start);
    for (range, token) in &highlights[first..] {
        let within = range.start.max(shown.start)..range.end.min(shown.end);
        if within.is_empty() {
            break;
        }
        html.text(&text[at..within.start])
            .leaf("span", token.class(), &text[within.clone()]);
        at = within.end;
    }
    html.text(&text[at..shown.end]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, text: &str) -> String {
        let highlights = highlights(name, text).into_iter();
        let shown = highlights.flat_map(|(range, token)| [token.class(), ":", &text[range], " "]);
        shown.collect()
    }

    #[test]
    fn rust_is_highlighted() {
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
    fn toml_is_highlighted() {
        let text = "[package] # it\nname = \"x\"\npublish = false\nn = 12";
        let expected =
            "k-t:package k-c:# it k-f:name k-s:\"x\" k-f:publish k-k:false k-f:n k-n:12 ";
        assert_eq!(shown("Cargo.toml", text), expected);
    }

    #[test]
    fn an_unclosed_toml_string_ends_with_its_line() {
        let expected = "k-f:a k-s:\"x k-f:b k-s:\"\"\"y\nz\"\"\" k-f:c k-n:1 ";
        assert_eq!(
            shown("Cargo.toml", "a = \"x\nb = \"\"\"y\nz\"\"\"\nc = 1"),
            expected
        );
    }

    #[test]
    fn no_highlight_splits_a_character() {
        let hostile = "'漢 b'é' \"🦀\\ #[漢 r#漢 /*🦀 r###\"é 1.é '\\";
        for (start, _) in hostile.char_indices() {
            let text = &hostile[start..];
            for (range, _) in highlights("a.rs", text)
                .into_iter()
                .chain(highlights("a.toml", text))
            {
                assert!(text.get(range).is_some());
            }
        }
    }
}
