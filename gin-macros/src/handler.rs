//! The handler of a route: it makes the arguments, calls the function, and turns its output into a response.

use proc_macro2::{Delimiter, Group, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

use crate::argument::Argument;
use crate::closure::{closure, needs};
use crate::function::Function;
use crate::tokens::{is_punct, is_word, path};
use crate::written::written;

/// The most arguments that an adapter takes.
const MOST: usize = 6;

/// A handler, as the last arguments of a function of gin-core that makes a route.
pub(crate) struct Handler {
    /// The name of the function.
    pub(crate) constructor: &'static str,
    pub(crate) arguments: TokenStream,
}

/// Returns the route's handler, with the templates that the function names for its views.
pub(crate) fn handler(
    function: &Function,
    arguments: &[Argument<'_>],
    views: &[Literal],
) -> Handler {
    match (Adapter::of(arguments), output(function)) {
        (Some(adapter), Some(output)) => adapter.handler(function, output, views),
        _ => closed(function, arguments, views),
    }
}

/// Returns a closure as the handler.
fn closed(function: &Function, arguments: &[Argument<'_>], views: &[Literal]) -> Handler {
    let (closure, needs) = (closure(function, arguments), needs(function, arguments));
    let views = lines_of(views);
    Handler {
        constructor: "closed",
        arguments: quote!(&#closure, #needs, #views),
    }
}

/// Returns a handler that is never called.
pub(crate) fn stand_in() -> Handler {
    Handler {
        constructor: "closed",
        arguments: quote!(
            &::gin::__private::Closure::new(|_| ::core::unreachable!()),
            &[],
            &[],
            &[]
        ),
    }
}

/// The parts of a handler that gin-core's `Adapter` implements: params, then extractors.
struct Adapter<'a> {
    params: Vec<&'a str>,
    sources: Vec<TokenTree>,
    count: usize,
}

impl<'a> Adapter<'a> {
    fn of(arguments: &'a [Argument<'_>]) -> Option<Self> {
        let (mut params, mut sources) = (Vec::new(), Vec::new());
        for (index, argument) in arguments.iter().enumerate() {
            let source = match argument {
                // Params come first: one that does not parse is a 404, whatever the extractors return.
                Argument::Param(name, r#type) if params.len() == index => {
                    params.push(name.as_str());
                    marked(r#type, "from_param")
                }
                Argument::Extractor(r#type) => marked(r#type, "from_request"),
                _ => return None,
            };
            sources.extend(source);
            sources.push(Punct::new(',', Spacing::Alone).into());
        }
        let count = arguments.len();
        (count <= MOST).then_some(Self {
            params,
            sources,
            count,
        })
    }

    fn handler(self, function: &Function, output: &[TokenTree], views: &[Literal]) -> Handler {
        let Self {
            params,
            sources,
            count,
        } = self;
        let [adapter, fields, last] = written([
            &format!("&::gin::__private::Adapter{count}"),
            &format!(
                "names: &{params:?}, function: {}, arguments:",
                function.name
            ),
            ", output:",
        ]);
        let sources = Group::new(Delimiter::Parenthesis, sources.into_iter().collect());
        let output = marked(output, "to_response").into_iter().collect();
        let fields = [fields, sources.into_token_stream(), last, output];
        let fields = Group::new(Delimiter::Brace, fields.into_iter().collect());
        let adapter = [adapter, fields.into_token_stream()];
        if views.is_empty() {
            return Handler {
                constructor: "adapted",
                arguments: adapter.into_iter().collect(),
            };
        }
        let (adapter, views) = (TokenStream::from_iter(adapter), lines_of(views));
        Handler {
            constructor: "adapted_with_views",
            arguments: quote!(#adapter, #views),
        }
    }
}

/// Returns the call that makes gin-core check the type. It has the span of the type, so that rustc reports an unsuitable one
/// there.
///
/// It does not name the type, which the function determines. Rustc would read and write each name again in every build.
fn marked(r#type: &[TokenTree], call: &str) -> Vec<TokenTree> {
    let (first, last) = ends(r#type);
    let mut tokens = path(call, first, last);
    let mut nothing = Group::new(Delimiter::Parenthesis, TokenStream::new());
    nothing.set_span(last);
    tokens.push(nothing.into());
    tokens
}

/// Returns the spans of the type's first and last token.
pub(crate) fn ends(r#type: &[TokenTree]) -> (Span, Span) {
    let span = |token: Option<&TokenTree>| token.map_or_else(Span::call_site, TokenTree::span);
    (span(r#type.first()), span(r#type.last()))
}

/// Returns the function's return type, which is empty for none, if it has a name.
pub(crate) fn output(function: &Function) -> Option<&[TokenTree]> {
    let output = &function.output[..];
    let is_never = output.first().is_some_and(|first| is_punct(first, '!'));
    (!is_never && !output.iter().any(is_nameless)).then_some(output)
}

/// Returns `true` if the token is the `impl` of a type without a name, or contains one.
fn is_nameless(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => group.stream().into_iter().any(|token| is_nameless(&token)),
        token => is_word(token, "impl"),
    }
}

/// Returns the list of views, each with its line.
fn lines_of(views: &[Literal]) -> TokenStream {
    let lines = views
        .iter()
        .map(|view| quote_spanned!(view.span()=> ::core::line!()));
    quote!(&[#((#views, #lines)),*])
}
