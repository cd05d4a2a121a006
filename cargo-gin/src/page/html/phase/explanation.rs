//! What a code means: the explanation of an error, and where a lint is described and how it is turned off.

use crate::diagnostics::Code;
use crate::page::html::markup::{Html, prose};

/// Whether a page has explained an error code already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Explained {
    /// This diagnostic does it.
    Here,
    /// An earlier one did.
    Before,
}

/// Adds the explanation of an error, or what there is to know of a lint.
pub(crate) fn meaning(html: &mut Html, code: &Code, explained: Explained) {
    let Code { code, explanation } = code;
    match (explanation, explained) {
        (Some(explanation), Explained::Here) => {
            html.raw("<details class=\"f explain\" data-fold=\"explain\" id=\"explain-")
                .text(code);
            html.raw("\"><summary>What ")
                .text(code)
                .raw(" means</summary><div class=\"md\">");
            prose::markdown(html, explanation);
            html.raw("<p><a rel=\"noreferrer\" target=\"_blank\" href=\"https://doc.rust-lang.org/error_codes/")
                .text(code)
                .raw(".html\">")
                .text(code)
                .raw(" in the error index</a></p></div></details>");
        }
        (Some(_), Explained::Before) => {
            html.raw("<p class=\"f\"><a href=\"#explain-")
                .text(code)
                .raw("\">What ")
                .text(code)
                .raw(" means</a></p>");
        }
        (None, _) if is_lint(code) => lint(html, code),
        (None, _) => {}
    }
}

/// Errors have numbers, lints have names.
fn is_lint(code: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == ':';
    code.starts_with(|c: char| c.is_ascii_lowercase()) && code.chars().all(is_word)
}

fn lint(html: &mut Html, code: &str) {
    html.raw("<p class=\"f lint\"><a rel=\"noreferrer\" target=\"_blank\" href=\"");
    match code.strip_prefix("clippy::") {
        Some(name) => html
            .raw("https://rust-lang.github.io/rust-clippy/stable/index.html#")
            .text(name),
        None => html
            .raw("https://doc.rust-lang.org/rustc/?search=")
            .text(code),
    };
    html.raw("\">What this lint is about</a> <span class=\"quiet\">Not here? <code>#[allow(")
        .text(code)
        .raw(")]</code></span> <button type=\"button\" class=\"do\" data-copy=\"#[allow(")
        .text(code)
        .raw(")]\">Copy</button></p>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lint_has_its_page_and_the_line_that_turns_it_off() {
        for (name, page) in [
            (
                "clippy::pedantic",
                "rust-clippy/stable/index.html#pedantic\"",
            ),
            ("unused_mut", "rustc/?search=unused_mut\""),
        ] {
            let mut html = Html::new();
            let code = Code {
                code: name.to_owned(),
                explanation: None,
            };
            meaning(&mut html, &code, Explained::Here);
            let html = html.into_string();
            let line = format!("<code>#[allow({name})]</code>");
            assert!(html.contains(page) && html.contains(&line), "{html}");
        }
    }

    #[test]
    fn only_names_of_lints_are_lints() {
        for (code, expected) in [
            ("unused_variables", true),
            ("clippy::needless_return", true),
            ("E0308", false),
            ("", false),
            ("unused\"><b>", false),
        ] {
            assert_eq!(is_lint(code), expected, "{code}");
        }
    }
}
