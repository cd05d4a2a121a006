//! Explanations: the meaning of an error code, and a lint's documentation and attribute.

use crate::diagnostics::Code;
use crate::page::html::markup::{Html, external_link, prose};

/// The diagnostic that has the explanation of an error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Explained {
    /// This diagnostic.
    Here,
    /// An earlier diagnostic on the same page.
    Before,
}

/// Adds the explanation of an error, or the documentation of a lint.
pub(crate) fn explanation(html: &mut Html, code: &Code, explained: Explained) {
    let Code { code, explanation } = code;
    match (explanation, explained) {
        (Some(explanation), Explained::Here) => {
            html.tag("details")
                .attribute("class", "f explain")
                .attribute("data-fold", "explain")
                .attribute("id", format_args!("explain-{code}"))
                .around(|html| {
                    html.leaf("summary", "", format_args!("What {code} means"));
                    html.element("div", "md", |html| {
                        prose::markdown(html, explanation);
                        html.element("p", "", |html| index_link(html, code));
                    });
                });
        }
        (Some(_), Explained::Before) => {
            html.element("p", "f", |html| {
                html.tag("a")
                    .attribute("href", format_args!("#explain-{code}"))
                    .holding(format_args!("What {code} means"));
            });
        }
        (None, _) if is_lint(code) => lint(html, code),
        (None, _) => {}
    }
}

/// Returns `true` for a lint: errors have numbers, lints have names.
fn is_lint(code: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == ':';
    code.starts_with(|c: char| c.is_ascii_lowercase()) && code.chars().all(is_word)
}

/// Adds a link to rustc's error index.
fn index_link(html: &mut Html, code: &str) {
    let address = format_args!("https://doc.rust-lang.org/error_codes/{code}.html");
    external_link(html, address).holding(format_args!("{code} in the error index"));
}

fn lint(html: &mut Html, code: &str) {
    let address = match code.strip_prefix("clippy::") {
        Some(name) => format!("https://rust-lang.github.io/rust-clippy/stable/index.html#{name}"),
        None => format!("https://doc.rust-lang.org/rustc/?search={code}"),
    };
    let attribute = format!("#[allow({code})]");
    html.element("p", "f lint", |html| {
        external_link(html, address).holding("What this lint is about");
        html.text(" ").element("span", "quiet", |html| {
            html.text("Not here? ").leaf("code", "", &attribute);
        });
        html.text(" ")
            .tag("button")
            .attribute("type", "button")
            .attribute("class", "do")
            .attribute("data-copy", &attribute)
            .holding("Copy");
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lint_links_to_its_documentation_and_shows_its_attribute() {
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
            explanation(&mut html, &code, Explained::Here);
            let html = html.into_string();
            let line = format!("<code>#[allow({name})]</code>");
            assert!(html.contains(page) && html.contains(&line), "{html}");
        }
    }

    #[test]
    fn error_codes_and_foreign_text_are_not_lints() {
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
