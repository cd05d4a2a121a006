//! The templates that the body of a function names for its views.

use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};

use crate::tokens::{is_punct, is_word};

/// Returns the literals that come first in `View::new(…)` and `View::block(…)`, if gin-core has views.
pub(crate) fn views(body: &TokenStream) -> Vec<Literal> {
    let mut found = Vec::new();
    if cfg!(feature = "templates") {
        search(body.clone(), &mut found);
    }
    found
}

fn search(stream: TokenStream, found: &mut Vec<Literal>) {
    let tokens: Vec<_> = stream.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else {
            continue;
        };
        if group.delimiter() == Delimiter::Parenthesis && makes_view(&tokens[..at]) {
            found.extend(leading_text(group.stream()));
        }
        search(group.stream(), found);
    }
}

/// Returns `true` if the arguments of a function that makes a view come next. A `View` of another crate than gin is none.
fn makes_view(before: &[TokenTree]) -> bool {
    let Some((call, path)) = before.split_last() else {
        return false;
    };
    let owner = parent(path).filter(|_| is_word(call, "new") || is_word(call, "block"));
    let Some((path, view)) = owner else {
        return false;
    };
    let is_gin = |(_, module): (&[TokenTree], &TokenTree)| {
        is_word(module, "gin") || is_word(module, "templates") || is_word(module, "prelude")
    };
    is_word(view, "View") && parent(path).is_none_or(is_gin)
}

/// Returns the segment before the `::` that `path` ends with, and what comes before the segment.
fn parent(path: &[TokenTree]) -> Option<(&[TokenTree], &TokenTree)> {
    match path {
        [before @ .., segment, first, second] if is_punct(first, ':') && is_punct(second, ':') => {
            Some((before, segment))
        }
        _ => None,
    }
}

/// Returns the string literal that is the first of several arguments.
fn leading_text(arguments: TokenStream) -> Option<Literal> {
    let mut tokens = arguments.into_iter();
    let TokenTree::Literal(literal) = tokens.next()? else {
        return None;
    };
    let is_first = tokens.next().is_some_and(|next| is_punct(&next, ','));
    let is_text = literal.to_string().starts_with(['"', 'r']);
    (is_first && is_text).then_some(literal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_of_views_of_gin_are_found() {
        for (body, expected) in [
            (r#"View::new("a.html", ())"#, &[r#""a.html""#][..]),
            (
                r#"{ if x { return Ok(gin::View::new("a", v)) } templates::View::block(r"b", "c", ()) }"#,
                &[r#""a""#, r#"r"b""#],
            ),
            (
                r#"View::new("a", context! { v => View::new("b", ()) })"#,
                &[r#""a""#, r#""b""#],
            ),
            (r"View::new(name, ())", &[]),
            (r"View::new(7, ())", &[]),
            (r#"View::new("a")"#, &[]),
            (r#"View::new("a".repeat(2), ())"#, &[]),
            (r#"other::View::new("a", ())"#, &[]),
            (r#"View::of("a", ())"#, &[]),
            (r#"Views::new("a", ())"#, &[]),
            (r#"new("a", ())"#, &[]),
        ] {
            let mut found = Vec::new();
            search(body.parse().expect(body), &mut found);
            let found: Vec<_> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{body}");
        }
    }
}
