//! Compile errors for the user's mistakes, shown where they were made.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote_spanned;

/// A compile error: a message, and the span of the tokens that it is about.
#[derive(Clone, Debug)]
pub(crate) struct Mistake {
    first: Span,
    last: Span,
    message: String,
}

impl Mistake {
    /// Creates a mistake at one span.
    pub(crate) fn at(span: Span, message: impl Into<String>) -> Self {
        Self {
            first: span,
            last: span,
            message: message.into(),
        }
    }

    /// Creates a mistake that spans `tokens`, of which there is at least one.
    pub(crate) fn over(tokens: &[TokenTree], message: impl Into<String>) -> Self {
        let span = |token: Option<&TokenTree>| token.map_or_else(Span::call_site, TokenTree::span);
        Self {
            first: span(tokens.first()),
            last: span(tokens.last()),
            message: message.into(),
        }
    }

    /// Returns the error as an item.
    pub(crate) fn to_item(&self) -> TokenStream {
        // Rustc marks a macro call from its first token to its last.
        let (first, last, message) = (self.first, self.last, &self.message);
        let path = quote_spanned!(first=> ::core::compile_error!);
        let body = quote_spanned!(last=> { #message });
        quote::quote!(#path #body)
    }
}

/// Returns the word of `known` that was probably meant by `word`: the nearest, if it differs in one letter, or in two of six or
/// more.
pub(crate) fn meant<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.map(|known| (distance(word, known), known));
    let (distance, nearest) = near.min_by_key(|(distance, _)| *distance)?;
    let limit = match word.chars().count().max(nearest.chars().count()) {
        0..2 => 0,
        2..6 => 1,
        _ => 2,
    };
    (1..=limit).contains(&distance).then_some(nearest)
}

/// Returns the number of letters to insert, delete, replace, or swap with the next: the restricted Damerau–Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<_>, Vec<_>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = match (i, j) {
                (0, _) => j,
                (_, 0) => i,
                _ => {
                    let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let one = change.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                    let is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                    if is_swap {
                        one.min(rows[i - 2][j - 2] + 1)
                    } else {
                        one
                    }
                }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelling_is_recognized() {
        for (word, known) in [
            ("nmae", "name"),
            ("nam", "name"),
            ("user", "users"),
            ("GTE", "GET"),
            ("ide", "id"),
            ("user_di", "user_id"),
        ] {
            assert_eq!(meant(word, [known].into_iter()), Some(known), "{word}");
        }
        for (word, known) in [
            ("name", "name"),
            ("page", "name"),
            ("db", "id"),
            ("a", "b"),
            ("GET", "PUT"),
            ("", "id"),
        ] {
            assert_eq!(meant(word, [known].into_iter()), None, "{word}");
        }
    }
}
