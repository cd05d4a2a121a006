//! The expansion of a route's attribute: the function and, beside it, its route.

use gin_router::shape_hash;
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::argument::{Argument, Params};
use crate::attribute::{Attribute, Methods};
use crate::call::{Types, too_many};
use crate::description::description;
use crate::function::Function;
use crate::handler;
use crate::mistake::Mistake;
use crate::tokens::unraw;
use crate::views::views;

/// Returns the function with the route beside it, or with compile errors for the mistakes in them.
pub(crate) fn route(methods: Methods, attribute: TokenStream, tokens: TokenStream) -> TokenStream {
    let function = match Function::parse(tokens.clone()) {
        Ok(function) => function,
        Err(mistake) => return [mistake.to_item(), tokens].into_iter().collect(),
    };
    // A handler is async, even if it awaits nothing.
    let tokens = quote!(#[allow(clippy::unused_async)] #tokens);
    match Route::new(methods, attribute, &function) {
        Ok(route) => [tokens.clone(), route.to_items(&tokens)]
            .into_iter()
            .collect(),
        Err(mistakes) => {
            let errors = mistakes.iter().map(Mistake::to_item).collect();
            // A function with `self` is in an `impl`, which can contain neither a type nor another `impl`.
            let rest = if function.has_self {
                TokenStream::new()
            } else {
                [tokens, stand_in(&function)].into_iter().collect()
            };
            [errors, rest].into_iter().collect()
        }
    }
}

/// A route: a function and its attribute.
struct Route<'a> {
    function: &'a Function,
    attribute: Attribute,
    arguments: Vec<Argument>,
}

impl<'a> Route<'a> {
    fn new(
        methods: Methods,
        attribute: TokenStream,
        function: &'a Function,
    ) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = function.mistakes.clone();
        mistakes.extend(function.borrowed_text());
        let attribute = match Attribute::parse(methods, attribute) {
            Ok(attribute) => attribute,
            Err(more) => return Err([mistakes, more].concat()),
        };
        let params = Params {
            pattern: &attribute.pattern,
            names: &attribute.names(),
        };
        match params.arguments(&function.inputs) {
            Ok(arguments) => {
                mistakes.extend(too_many(function, &arguments));
                if !mistakes.is_empty() {
                    return Err(mistakes);
                }
                Ok(Self {
                    function,
                    attribute,
                    arguments,
                })
            }
            Err(more) => {
                mistakes.extend(more);
                Err(mistakes)
            }
        }
    }

    fn to_items(&self, tokens: &TokenStream) -> TokenStream {
        let types = Types::of(self.function, &self.attribute, &self.arguments);
        items(self.function, &self.route(tokens), &types)
    }

    fn route(&self, tokens: &TokenStream) -> TokenStream {
        let Attribute {
            methods, pattern, ..
        } = &self.attribute;
        let (name, shape) = (
            format!("::{}", unraw(&self.function.name)),
            shape_hash(pattern),
        );
        let handler = handler::handler(self.function, &self.arguments);
        let needs = handler::needs(self.function, &self.arguments, &views(tokens.clone()));
        let description = description(self.function, &self.arguments, tokens);
        let settings = self.attribute.settings.to_call();
        quote_spanned! {self.function.name.span()=>
            ::gin::routing::Route::attribute(&[#(#methods),*], #pattern, #shape, ::core::concat!(::core::module_path!(), #name), &#handler, #needs)#settings #description
        }
    }
}

/// Returns a route in place of one with mistakes, so that `routes![…]` reports no further error.
///
/// Its method is unique, so that it conflicts with no other route.
fn stand_in(function: &Function) -> TokenStream {
    let own = unraw(&function.name);
    let route = quote!(::gin::routing::Route::attribute(&[#own], "/", 0, "", &::gin::__private::Closure::new(|_| ::core::unreachable!()), ::gin::__private::AttributeNeeds { params: &[], others: &[], views: &[] }));
    let types = Types {
        params: Vec::new(),
        inputs: Vec::new(),
        output: quote!(()),
    };
    items(function, &route, &types)
}

/// Returns the type beside the function, and the route in a hidden type.
///
/// The compiler reads each line of an expansion at every build, so the functions of the type are in gin-core.
fn items(function: &Function, route: &TokenStream, types: &Types) -> TokenStream {
    let Function {
        conditions,
        visibility,
        ..
    } = function;
    let name = function.type_name();
    let marker = format_ident!("__route_of_{}", unraw(&name), span = Span::call_site());
    let Types {
        params,
        inputs,
        output,
    } = types;
    // The attribute's docs describe the type, and nobody sees the other one.
    let (undocumented, hidden) = if visibility.is_empty() {
        (None, None)
    } else {
        (
            Some(quote!(#[allow(missing_docs)])),
            Some(quote!(#[doc(hidden)])),
        )
    };
    // The deprecation is for those who call the function, and not for its route.
    let used = function.is_deprecated.then(|| quote!(#[allow(deprecated)]));
    quote! {
        #conditions
        #undocumented
        #visibility type #name = ::gin::routing::AttributeRoute<#marker, (#(#params,)*), (#(#inputs,)*), #output>;

        #conditions
        #hidden
        #visibility struct #marker {}

        #conditions
        #used
        impl ::gin::__private::HasRoute for #marker {
            const ROUTE: ::gin::routing::Route = #route;
        }
    }
}
