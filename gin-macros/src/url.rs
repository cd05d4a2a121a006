//! `url(…)`: the path of a route, from the values of its params.

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
    let names = attribute.names();
    let (values, types): (Vec<_>, Vec<_>) = names
        .iter()
        .map(|name| (input(name), type_of(name, arguments)))
        .unzip();
    quote! {
        #visibility fn url(#(#values: impl ::gin::__private::UrlParam<#types>),*) -> ::std::string::String {
            ::gin::__private::url(#pattern, &[#(&#values),*])
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
