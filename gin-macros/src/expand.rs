//! The expansion of a route's attribute: the function and, beside it, its route.

use std::env;

use gin_router::shape_hash;
use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens, quote};

use crate::argument::{Argument, Params};
use crate::attribute::{Attribute, Methods};
use crate::call::{Types, too_many};
use crate::description::description;
use crate::function::Function;
use crate::handler::{self, Handler};
use crate::mistake::Mistake;
use crate::tokens::{path, unraw};
use crate::views::views;
use crate::written::written;

/// Returns the function with the route beside it, or with compile errors for the mistakes in them.
pub(crate) fn route(methods: Methods, attribute: TokenStream, tokens: TokenStream) -> TokenStream {
    let function = match Function::parse(tokens.clone()) {
        Ok(function) => function,
        Err(mistake) => return [mistake.to_item(), tokens].into_iter().collect(),
    };
    let tokens = for_clippy(tokens);
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

/// Returns the function as Clippy shall see it: a handler is async, even if it awaits nothing.
///
/// Only Clippy knows the lint, and sets the variable. Rustc would read the attribute in every build.
fn for_clippy(tokens: TokenStream) -> TokenStream {
    if env::var_os("CLIPPY_ARGS").is_none() {
        return tokens;
    }
    quote!(#[allow(clippy::unused_async)] #tokens)
}

/// A route: a function and its attribute.
struct Route<'a> {
    function: &'a Function,
    attribute: Attribute,
    arguments: Vec<Argument<'a>>,
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
            names: &attribute.names,
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
        items(self.function, self.route(tokens), &types)
    }

    /// Returns the expression for the route.
    fn route(&self, tokens: &TokenStream) -> TokenStream {
        let views = views(tokens);
        let handler = handler::handler(self.function, &self.arguments, &views);
        let call = call(self.function, &self.facts(), handler);
        let settings = self.attribute.settings.to_call();
        let description = description(self.function, &self.arguments, tokens);
        [Some(call), settings, description]
            .into_iter()
            .flatten()
            .collect()
    }

    /// Returns the arguments that precede the handler, as text.
    fn facts(&self) -> String {
        let Attribute {
            methods, pattern, ..
        } = &self.attribute;
        let shape = shape_hash(pattern);
        let name = unraw(&self.function.name);
        format!(
            "&{methods:?}, {pattern:?}, {shape}, ::core::concat!(::core::module_path!(), \"::{name}\"),"
        )
    }
}

/// Returns the call that makes a route of what precedes its handler, and of its handler.
///
/// It has the span of the function's name, whose line is that of the route.
fn call(function: &Function, facts: &str, handler: Handler) -> TokenStream {
    let span = function.name.span();
    let Handler {
        constructor,
        arguments,
    } = handler;
    let [facts] = written([facts]);
    let mut call = Group::new(
        Delimiter::Parenthesis,
        [facts, arguments].into_iter().collect(),
    );
    call.set_span(span);
    let mut tokens = path(constructor, span, span);
    tokens.push(call.into());
    tokens.into_iter().collect()
}

/// Returns a route in place of one with mistakes, so that `routes![…]` reports no further error.
///
/// Its method is unique, so that it conflicts with no other route.
fn stand_in(function: &Function) -> TokenStream {
    let facts = format!("&[{:?}], \"/\", 0, \"\",", unraw(&function.name));
    let route = call(function, &facts, handler::stand_in());
    let types = Types {
        params: Vec::new(),
        inputs: Vec::new(),
        output: quote!(()),
    };
    items(function, route, &types)
}

/// Returns the type beside the function, and the route in a hidden type.
///
/// The compiler reads each line of an expansion at every build, so the functions of the type are in gin-core.
fn items(function: &Function, route: TokenStream, types: &Types) -> TokenStream {
    let Function {
        conditions,
        visibility,
        name,
        ..
    } = function;
    let marker = format!("__route_of_{}", unraw(name));
    let (documented, hidden) = documentation(visibility);
    let [
        hidden,
        structure,
        implementation,
        constant,
        end,
        documented,
        alias,
    ] = written([
        hidden,
        &format!("struct {marker} {{}}"),
        &format!(
            "{} impl ::gin::__private::HasRoute for {marker}",
            used(function)
        ),
        "const ROUTE: ::gin::routing::Route =",
        ";",
        documented,
        &format!("type {name} = ::gin::routing::AttributeRoute<{marker},"),
    ]);
    let constant = [constant, route, end].into_iter().collect();
    [
        conditions.clone(),
        hidden,
        visibility.clone(),
        structure,
        conditions.clone(),
        implementation,
        Group::new(Delimiter::Brace, constant).into_token_stream(),
        conditions.clone(),
        documented,
        visibility.clone(),
        alias,
        types.to_arguments(),
    ]
    .into_iter()
    .collect()
}

/// Returns the attributes for the documentation of the type beside the function, and of the hidden one.
///
/// The attribute's docs describe the first. An empty text is enough for the lint `missing_docs`, and costs rustc less than
/// `#[allow(missing_docs)]` would.
fn documentation(visibility: &TokenStream) -> (&'static str, &'static str) {
    if visibility.is_empty() {
        ("", "")
    } else {
        ("#[doc = \"\"]", "#[doc(hidden)]")
    }
}

/// Returns the attribute of a route whose function is deprecated: that is for those who call the function.
fn used(function: &Function) -> &'static str {
    if function.is_deprecated {
        "#[allow(deprecated)]"
    } else {
        ""
    }
}
