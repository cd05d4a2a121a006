//! The function `url(…)` of a route, which builds its path from the values of its params.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::argument::Argument;
use crate::attribute::Attribute;

/// Returns the function. It takes the params in the pattern's order, each as the type that the handler takes.
pub(crate) fn function(
    visibility: &TokenStream,
    attribute: &Attribute,
    arguments: &[Argument],
) -> TokenStream {
    let Attribute { pattern, .. } = attribute;
    let (values, types) = params(attribute, arguments);
    quote! {
        #visibility fn url(#(#values: impl ::gin::__private::UrlParam<#types>),*) -> ::std::string::String {
            ::gin::__private::url(#pattern, &[#(&#values),*])
        }
    }
}

/// Returns the names of the params, in the pattern's order, and the types of their values.
pub(crate) fn params(
    attribute: &Attribute,
    arguments: &[Argument],
) -> (Vec<Ident>, Vec<TokenStream>) {
    let names = attribute.names();
    let params = names.iter();
    params
        .map(|name| (input(name), type_of(name, arguments)))
        .unzip()
}

/// Returns the type that the handler takes the param as, or `String` for one that it borrows or does not take.
fn type_of(name: &str, arguments: &[Argument]) -> TokenStream {
    let taken = arguments.iter().find_map(|argument| match argument {
        Argument::Param(param, r#type) if param == name => Some(r#type.clone()),
        _ => None,
    });
    taken.unwrap_or_else(|| quote!(::std::string::String))
}

/// Converts the name of a param to an identifier: `user-id` to `user_id`, `type` to `r#type`, `1st` to `_1st`.
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
