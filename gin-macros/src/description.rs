//! The description of a function, for the app's document of `OpenAPI`.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::quote;

use crate::argument::Argument;
use crate::function::Function;
use crate::literal::text_of;
use crate::statuses::statuses;
use crate::tokens::{Tokens, is_punct, is_word, split_commas};

/// Returns the call that adds the description to a route, if gin-core makes documents.
pub(crate) fn description(
    function: &Function,
    arguments: &[Argument<'_>],
    tokens: &TokenStream,
) -> Option<TokenStream> {
    if !cfg!(feature = "openapi") {
        return None;
    }
    let facts = Facts::of(tokens);
    if facts.is_hidden {
        return None;
    }
    let Facts {
        docs, deprecated, ..
    } = &facts;
    let deprecated = deprecated.as_ref().map_or_else(
        || quote!(::core::option::Option::None),
        |note| quote!(::core::option::Option::Some(#note)),
    );
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let statuses = facts.body.clone().map(statuses).unwrap_or_default();
    let schemas = schemas(function, arguments);
    let params = arguments.iter().filter_map(param);
    let extractors = arguments.iter().filter_map(Argument::extractor);
    let extractors =
        extractors.map(|r#type| quote!(Probe::<#(#r#type)*>::NEW.extractor(operation);));
    let output = output(function);
    Some(quote! {
        .described(&::gin::__private::Description {
            docs: #docs,
            deprecated: #deprecated,
            version: #version,
            statuses: &[#(#statuses),*],
            describe: |operation| {
                #[allow(unused_imports)]
                use ::gin::__private::{Otherwise as _, Probe};
                #(#schemas)*
                #(#params)*
                #(#extractors)*
                #output
            },
        })
    })
}

/// Returns the statement that describes a param.
fn param(argument: &Argument<'_>) -> Option<TokenStream> {
    match argument {
        Argument::Param(name, r#type) => {
            Some(quote!(Probe::<#(#r#type)*>::NEW.param(operation, #name);))
        }
        Argument::Borrowed(name, _) => {
            Some(quote!(Probe::<::std::string::String>::NEW.param(operation, #name);))
        }
        _ => None,
    }
}

/// Returns the statement that describes the response. A type without a name is not known.
fn output(function: &Function) -> TokenStream {
    let output = &function.output;
    let r#type = match output.first() {
        None => quote!(()),
        Some(_) if has_no_name(output) => {
            return quote!(operation.response_unknown(););
        }
        Some(_) => quote!(#(#output)*),
    };
    quote!(Probe::<#r#type>::NEW.response(operation);)
}

fn has_no_name(tokens: &[TokenTree]) -> bool {
    tokens.iter().any(|token| match token {
        TokenTree::Group(group) => has_no_name(&group.stream().into_iter().collect::<Vec<_>>()),
        token => is_word(token, "impl") || is_punct(token, '!'),
    })
}

/// Returns the statements that make the schemas known of all types that the function names.
fn schemas(function: &Function, arguments: &[Argument<'_>]) -> Vec<TokenStream> {
    let mut types = Types::default();
    let extractors = arguments.iter().filter_map(Argument::extractor);
    extractors.for_each(|r#type| types.add_parts(r#type));
    if !has_no_name(&function.output) {
        types.add_parts(&function.output);
    }
    types.statements
}

/// The types inside other types, each once.
#[derive(Default)]
struct Types {
    seen: BTreeSet<String>,
    statements: Vec<TokenStream>,
}

impl Types {
    /// Adds the types inside `type`, or the one that it stands for, if it names none.
    fn add_parts(&mut self, r#type: &[TokenTree]) {
        let parts = parts(r#type);
        if parts.is_empty() {
            self.add(r#type, "held");
        }
        for part in parts {
            self.add(&part, "schema");
            self.add_parts(&part);
        }
    }

    fn add(&mut self, r#type: &[TokenTree], call: &str) {
        // A unit has no schema, and a reference to `Self` is not a type of its own.
        let Some(first) = r#type.first() else { return };
        let r#type = quote!(#(#r#type)*);
        if self.seen.insert(format!("{call} {type}")) {
            let call = Ident::new(call, first.span());
            self.statements
                .push(quote!(Probe::<#r#type>::NEW.#call(operation);));
        }
    }
}

/// Returns the elements of a tuple, or the types in angle brackets.
fn parts(r#type: &[TokenTree]) -> Vec<Vec<TokenTree>> {
    let list = match r#type {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => group.stream(),
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
            let mut tokens = Tokens::new(group.stream());
            return vec![tokens.until(|token| is_punct(token, ';'))];
        }
        _ => {
            let start = r#type.iter().position(|token| is_punct(token, '<'));
            match (start, r#type) {
                (Some(start), [.., last]) if is_punct(last, '>') => r#type
                    [start + 1..r#type.len() - 1]
                    .iter()
                    .cloned()
                    .collect(),
                _ => TokenStream::new(),
            }
        }
    };
    let all = split_commas(list);
    let is_type = |part: &Vec<TokenTree>| match &part[..] {
        [] | [TokenTree::Literal(_)] => false,
        [first, ..] => !is_punct(first, '\'') && !is_word(first, "dyn"),
    };
    all.into_iter().filter(is_type).collect()
}

/// The parts of a function that only its description depends on.
struct Facts {
    docs: String,
    /// The function has `#[doc(hidden)]`.
    is_hidden: bool,
    deprecated: Option<String>,
    body: Option<TokenStream>,
}

impl Facts {
    fn of(tokens: &TokenStream) -> Self {
        let body = tokens
            .clone()
            .into_iter()
            .last()
            .and_then(|last| match last {
                TokenTree::Group(group) => Some(group.stream()),
                _ => None,
            });
        let mut facts = Self {
            docs: String::new(),
            is_hidden: false,
            deprecated: None,
            body,
        };
        let mut tokens = Tokens::new(tokens.clone());
        while tokens.peek().is_some_and(|token| is_punct(token, '#')) {
            tokens.next();
            if let Some(attribute) = tokens.group(Delimiter::Bracket) {
                facts.add(&attribute.stream().into_iter().collect::<Vec<_>>());
            }
        }
        facts
    }

    fn add(&mut self, attribute: &[TokenTree]) {
        match attribute {
            [name, TokenTree::Group(group)] if is_word(name, "doc") => {
                self.is_hidden |= group
                    .stream()
                    .into_iter()
                    .any(|token| is_word(&token, "hidden"));
            }
            [name, _, text @ ..] if is_word(name, "doc") => {
                // `#[doc = include_str!(…)]` is not text yet.
                let text = text_of(text).unwrap_or_default();
                let text = text.strip_prefix(' ').unwrap_or(&text);
                self.docs.push_str(text);
                self.docs.push('\n');
            }
            [name, rest @ ..] if is_word(name, "deprecated") => {
                self.deprecated = Some(note(rest).unwrap_or_default());
            }
            _ => {}
        }
    }
}

/// Returns the note of `#[deprecated = "…"]` or `#[deprecated(note = "…")]`.
fn note(rest: &[TokenTree]) -> Option<String> {
    match rest {
        [_, text @ ..] if !text.is_empty() => text_of(text).ok(),
        [TokenTree::Group(group)] => {
            let members = split_commas(group.stream());
            let note = members
                .iter()
                .find(|member| member.first().is_some_and(|first| is_word(first, "note")));
            text_of(note?.get(2..)?).ok()
        }
        _ => None,
    }
}
