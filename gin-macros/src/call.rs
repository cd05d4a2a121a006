//! The function `with(…)` of a route, which makes a call of it from the values that its handler takes of a request.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote};

use crate::argument::{Argument, last_word};
use crate::attribute::Attribute;
use crate::function::Function;
use crate::tokens::{is_punct, is_word, split_commas};
use crate::url;

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

/// Returns the function. It takes the params in the pattern's order, and then the values of extractors in the handler's.
pub(crate) fn function(
    function: &Function,
    attribute: &Attribute,
    arguments: &[Argument],
) -> TokenStream {
    let (visibility, name) = (&function.visibility, &function.name);
    let Attribute {
        methods, pattern, ..
    } = attribute;
    let (params, types) = url::params(attribute, arguments);
    let mut taken: Vec<String> = params.iter().map(Ident::to_string).collect();
    let extractors = arguments.iter().filter_map(Argument::extractor);
    let (values, extractors): (Vec<_>, Vec<_>) = extractors
        .filter_map(|r#type| Some((value(sent_by(r#type)?, &mut taken), r#type)))
        .unzip();
    let returned = returned(function);
    // The types of its variables are few and small: rustc computes their layouts again for each function that is generic.
    // A function without generic arguments is compiled even if nothing calls it, unless it is inlined.
    let inline = (params.is_empty() && values.is_empty()).then(|| quote!(#[inline]));
    quote! {
        #inline
        #visibility fn with(
            #(#params: impl ::gin::__private::UrlParam<#types>,)*
            #(#values: impl ::gin::testing::SendAs<#extractors>),*
        ) -> ::gin::testing::Call<#returned> {
            ::gin::testing::Call::new(&[#(#methods),*], #pattern, #name, &[#(&#params),*]) #(.sending(#values))*
        }
    }
}

/// Returns the name of the extractor whose value a client sends, or `None` if it sends none.
fn sent_by(r#type: &TokenStream) -> Option<&'static str> {
    let tokens: Vec<_> = r#type.clone().into_iter().collect();
    let name = last_word(&tokens)?;
    if AROUND.contains(&name.as_str()) {
        return sent_by(&first_part(&tokens)?);
    }
    SENT.into_iter().find(|sent| *sent == name)
}

/// Returns the first type in the angle brackets of a type.
fn first_part(r#type: &[TokenTree]) -> Option<TokenStream> {
    let start = r#type.iter().position(|token| is_punct(token, '<'))?;
    let inside = r#type.get(start + 1..r#type.len() - 1)?;
    let parts = split_commas(inside.iter().cloned().collect());
    parts.into_iter().next().map(TokenStream::from_iter)
}

/// Returns a name for the value of an extractor that no other argument has, for the messages of the compiler.
fn value(extractor: &str, taken: &mut Vec<String>) -> Ident {
    let plain = extractor.to_lowercase();
    let is_taken = |name: &str| {
        taken
            .iter()
            .any(|other| other.trim_start_matches("r#") == name)
    };
    let mut name = plain.clone();
    let mut number = 2;
    while is_taken(&name) {
        name = format!("{plain}_{number}");
        number += 1;
    }
    taken.push(name.clone());
    format_ident!("{name}", span = Span::mixed_site())
}

/// Returns the type that the handler returns, or one without a value if the type has no name or borrows.
fn returned(function: &Function) -> TokenStream {
    let output = &function.output;
    match output.first() {
        None => quote!(()),
        Some(_) if is_unusable(output) => quote!(::gin::testing::Unnamed),
        Some(_) => quote!(#(#output)*),
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
