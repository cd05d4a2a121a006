//! `url(…)`: the path of a route, from the values of its params.

use gin_router::{Pattern, Piece, path};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::argument::Argument;
use crate::attribute::Attribute;

/// The function, which takes the params in the pattern's order, each as the type that the handler takes.
pub(crate) fn function(
    visibility: &TokenStream,
    attribute: &Attribute,
    arguments: &[Argument],
) -> TokenStream {
    let Attribute { pattern, .. } = attribute;
    let names: Vec<_> = attribute.names();
    let inputs = names.iter().map(|name| {
        let (input, r#type) = (input(name), type_of(name, arguments));
        quote!(#input: impl ::gin::__private::UrlParam<#r#type>)
    });
    let parsed = attribute.parsed();
    let steps = parsed.iter().flat_map(Pattern::pieces).map(step);
    let summary = format!("The path of `{pattern}` with these values, percent-encoded.");
    quote! {
        #[doc = #summary]
        ///
        /// Without the prefixes of the groups that it is mounted in.
        #[allow(clippy::too_many_arguments, clippy::needless_pass_by_value)]
        #visibility fn url(#(#inputs),*) -> ::std::string::String {
            let mut url = ::std::string::String::new();
            #(#steps)*
            url
        }
    }
}

fn step(piece: Piece<'_>) -> TokenStream {
    match piece {
        Piece::Static(text) => {
            let text = path::encode(&text.replace('%', "%25"));
            quote!(url.push_str(#text);)
        }
        Piece::Param(name) => {
            let input = input(name);
            quote!(::gin::__private::push_segment(&mut url, &#input);)
        }
        Piece::Rest(name) => {
            let input = input(name);
            quote!(::gin::__private::push_rest(&mut url, &#input);)
        }
    }
}

/// The type that the handler takes the param as; text for one that it borrows or leaves.
fn type_of(name: &str, arguments: &[Argument]) -> TokenStream {
    let taken = arguments.iter().find_map(|argument| match argument {
        Argument::Param(param, r#type) if param == name => Some(r#type.clone()),
        _ => None,
    });
    taken.unwrap_or_else(|| quote!(::std::string::String))
}

/// The name of a param as an identifier: `user-id` as `user_id`, `type` as `r#type`, `1st` as `_1st`.
fn input(name: &str) -> Ident {
    let name = name.replace('-', "_");
    let plain = if name.starts_with(|first: char| first.is_ascii_digit()) {
        format!("_{name}")
    } else {
        name
    };
    match plain.as_str() {
        "self" | "Self" | "super" | "crate" | "_" | "url" => {
            format_ident!("{plain}_", span = Span::mixed_site())
        }
        _ => Ident::new_raw(&plain, Span::mixed_site()),
    }
}
