//! Tokens that are written as text.
//!
//! An app expands its attributes again in every build, with macros that are not optimized. The compiler's own lexer is, so it makes
//! of a text in one step what would otherwise take a call for each token. It is called through `proc_macro`, because `proc_macro2`
//! reads a text with a lexer of its own first.

use proc_macro::TokenTree;
use proc_macro2::TokenStream;

/// Returns the tokens of each part. All of them have the span of the attribute.
pub(crate) fn written<const N: usize>(parts: [&str; N]) -> [TokenStream; N] {
    let mut text = String::new();
    for part in parts {
        text.push('{');
        text.push_str(part);
        text.push('}');
    }
    let stream: proc_macro::TokenStream =
        text.parse().expect("the braces of each part are balanced");
    let mut groups = stream.into_iter();
    std::array::from_fn(|_| match groups.next() {
        Some(TokenTree::Group(group)) => group.stream().into(),
        _ => unreachable!("each part is in braces"),
    })
}
