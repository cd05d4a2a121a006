//! The statuses that the body of a function names, as its responses may have them.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};

use crate::tokens::{is_punct, is_word};

/// Returns the numbers of the statuses, and the names of the constants.
pub(crate) fn statuses(body: TokenStream) -> Vec<String> {
    let mut found = BTreeSet::new();
    search(body, &mut found);
    found.into_iter().collect()
}

/// Functions whose first argument is a status.
const CALLS: [&str; 5] = ["or_status", "or_error", "new", "with", "status"];

fn search(stream: TokenStream, found: &mut BTreeSet<String>) {
    let tokens: Vec<_> = stream.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let before = &tokens[..at];
        match token {
            TokenTree::Ident(name) => named(&name.to_string(), before, found),
            TokenTree::Group(group) => {
                if takes_status(before)
                    && let Some(number) = leading_number(&group.stream())
                {
                    found.insert(number);
                }
                search(group.stream(), found);
            }
            _ => {}
        }
    }
}

/// Adds the status that a word stands for.
fn named(name: &str, before: &[TokenTree], found: &mut BTreeSet<String>) {
    let owner = match before {
        [.., owner, first, second] if is_punct(first, ':') && is_punct(second, ':') => Some(owner),
        _ => None,
    };
    let of = |word: &str| owner.is_some_and(|owner| is_word(owner, word));
    let status = match name {
        "or_404" => "404",
        "to" if of("Redirect") => "303",
        "temporary" if of("Redirect") => "307",
        "permanent" if of("Redirect") => "308",
        name if of("StatusCode") => name,
        _ => return,
    };
    found.insert(status.to_owned());
}

/// Returns `true` if a status may come first in the parentheses: in a tuple, and in the arguments of some calls.
fn takes_status(before: &[TokenTree]) -> bool {
    match before {
        [.., owner, first, second, TokenTree::Ident(call)]
            if is_punct(first, ':') && is_punct(second, ':') =>
        {
            let is_response =
                is_word(owner, "Problem") || is_word(owner, "Redirect") || is_word(owner, "Error");
            is_response && CALLS.iter().any(|name| call == name)
        }
        [.., dot, TokenTree::Ident(call)] if is_punct(dot, '.') => call == "or_status",
        // The name of a function, and not of a keyword such as `return`.
        [.., TokenTree::Ident(word)] => word == "return" || word == "Ok" || word == "Err",
        _ => true,
    }
}

/// Returns the status that comes first in parentheses: `(201, …)`, `(404)`.
fn leading_number(stream: &TokenStream) -> Option<String> {
    let mut tokens = stream.clone().into_iter();
    let TokenTree::Literal(literal) = tokens.next()? else {
        return None;
    };
    let is_alone = tokens.next().is_none_or(|next| is_punct(&next, ','));
    let number: u16 = literal.to_string().parse().ok()?;
    (is_alone && (100..600).contains(&number)).then(|| number.to_string())
}
