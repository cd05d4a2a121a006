//! The types of the values that the functions `url(…)` and `with(…)` of a route take and return.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::argument::{Argument, last_word};
use crate::attribute::Attribute;
use crate::function::Function;
use crate::mistake::Mistake;
use crate::tokens::{is_punct, is_word, split_commas};

/// The most params that `url(…)` and `with(…)` take.
pub(crate) const MOST_PARAMS: usize = 8;

/// The most values of extractors that `with(…)` takes.
const MOST_INPUTS: usize = 6;

/// The extractors whose value a client sends.
const SENT: [&str; 15] = [
    "Json",
    "Form",
    "Query",
    "Header",
    "String",
    "Bytes",
    "Body",
    "Multipart",
    "Bson",
    "Cbor",
    "MsgPack",
    "Protobuf",
    "Toml",
    "Xml",
    "Yaml",
];

/// Types around an extractor that leave its value to the client.
const AROUND: [&str; 3] = ["Valid", "Option", "Result"];

/// The types of a route's `url(…)` and `with(…)`, which gin-core has for up to [`MOST_PARAMS`] and [`MOST_INPUTS`].
pub(crate) struct Types {
    /// The types of the params, in the pattern's order.
    pub(crate) params: Vec<TokenStream>,
    /// The extractors whose values a client sends, in the handler's order.
    pub(crate) inputs: Vec<TokenStream>,
    pub(crate) output: TokenStream,
}

impl Types {
    pub(crate) fn of(
        function: &Function,
        attribute: &Attribute,
        arguments: &[Argument<'_>],
    ) -> Self {
        let names = &attribute.names;
        Self {
            params: names.iter().map(|name| param(name, arguments)).collect(),
            inputs: inputs(arguments).map(tokens).collect(),
            output: returned(function),
        }
    }

    /// Returns the generic arguments after the marker, with the end of the item.
    pub(crate) fn to_arguments(&self) -> TokenStream {
        let Self {
            params,
            inputs,
            output,
        } = self;
        quote!((#(#params,)*), (#(#inputs,)*), #output>;)
    }
}

fn tokens(r#type: &[TokenTree]) -> TokenStream {
    r#type.iter().cloned().collect()
}

/// Returns a mistake if the function takes more values of a request than `with(…)` does.
pub(crate) fn too_many(function: &Function, arguments: &[Argument<'_>]) -> Option<Mistake> {
    let message = "a route takes at most six values that a client sends, such as `Query` and `Json`; take some of them as one struct";
    (inputs(arguments).count() > MOST_INPUTS).then(|| Mistake::at(function.name.span(), message))
}

/// Returns the type that the handler takes the param as, or `String` for one that it borrows or does not take.
fn param(name: &str, arguments: &[Argument<'_>]) -> TokenStream {
    let taken = arguments.iter().find_map(|argument| match argument {
        Argument::Param(param, r#type) if param == name => Some(tokens(r#type)),
        _ => None,
    });
    taken.unwrap_or_else(|| quote!(::std::string::String))
}

/// Returns the extractors whose values a client sends.
fn inputs<'a>(arguments: &[Argument<'a>]) -> impl Iterator<Item = &'a [TokenTree]> {
    let extractors = arguments.iter().filter_map(Argument::extractor);
    extractors.filter(|r#type| is_sent(r#type))
}

/// Returns `true` if a client sends the value of the extractor.
fn is_sent(r#type: &[TokenTree]) -> bool {
    let Some(name) = last_word(r#type) else {
        return false;
    };
    if AROUND.contains(&name.as_str()) {
        return first_part(r#type).is_some_and(|inside| is_sent(&inside));
    }
    SENT.contains(&name.as_str())
}

/// Returns the first type in the angle brackets of a type.
fn first_part(r#type: &[TokenTree]) -> Option<Vec<TokenTree>> {
    let start = r#type.iter().position(|token| is_punct(token, '<'))?;
    let inside = r#type.get(start + 1..r#type.len() - 1)?;
    let parts = split_commas(inside.iter().cloned().collect());
    parts.into_iter().next()
}

/// Returns the type that the handler returns, or one without a value if the type has no name or borrows.
fn returned(function: &Function) -> TokenStream {
    let output = &function.output;
    match output.first() {
        None => quote!(()),
        Some(_) if is_unusable(output) => quote!(::gin::testing::Unnamed),
        Some(_) => tokens(output),
    }
}

/// Returns `true` if a type cannot be written outside its function: it has no name, or a lifetime that is not `'static`.
fn is_unusable(r#type: &[TokenTree]) -> bool {
    r#type.iter().enumerate().any(|(at, token)| {
        let next = r#type.get(at + 1);
        match token {
            TokenTree::Group(group) => is_unusable(&group.stream().into_iter().collect::<Vec<_>>()),
            token if is_punct(token, '&') => !next.is_some_and(|next| is_punct(next, '\'')),
            token if is_punct(token, '\'') => !next.is_some_and(|next| is_word(next, "static")),
            token => is_punct(token, '!') || is_word(token, "impl"),
        }
    })
}
