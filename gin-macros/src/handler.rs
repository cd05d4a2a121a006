//! The handler of a route: it makes the arguments, calls the function, and turns its output into a response.

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};

use crate::argument::Argument;
use crate::function::Function;
use crate::tokens::{is_punct, is_word};

/// The most arguments that an adapter takes.
const MOST: usize = 6;

/// Returns the route's handler as a constant expression.
pub(crate) fn handler(function: &Function, arguments: &[Argument]) -> TokenStream {
    match (Adapter::of(arguments), output(function)) {
        (Some(adapter), Some(output)) => adapter.expression(function, &output),
        _ => closure(function, arguments),
    }
}

/// The parts of a handler that gin-core's `Adapter` implements: params, then extractors.
struct Adapter<'a> {
    params: Vec<&'a str>,
    sources: Vec<TokenStream>,
}

impl<'a> Adapter<'a> {
    fn of(arguments: &'a [Argument]) -> Option<Self> {
        let (mut params, mut sources) = (Vec::new(), Vec::new());
        for argument in arguments {
            match argument {
                // Params come first: one that does not parse is a 404, whatever the extractors return.
                Argument::Param(name, r#type) if params.len() == sources.len() => {
                    params.push(name.as_str());
                    sources.push(marked(r#type, "from_param"));
                }
                Argument::Extractor(r#type) => {
                    sources.push(marked(r#type, "from_request"));
                }
                _ => return None,
            }
        }
        (sources.len() <= MOST).then_some(Self { params, sources })
    }

    fn expression(&self, function: &Function, output: &TokenStream) -> TokenStream {
        let Self { params, sources } = self;
        let (name, output) = (&function.name, marked(output, "to_response"));
        let adapter = format_ident!("Adapter{}", sources.len());
        quote! {
            ::gin::__private::#adapter { names: &[#(#params),*], function: #name, arguments: (#(#sources,)*), output: #output }
        }
    }
}

/// Returns the call that passes the type to gin-core. It has the span of the type, so that rustc reports an unsuitable type
/// there.
fn marked(r#type: &TokenStream, call: &str) -> TokenStream {
    let (first, last) = ends(r#type);
    let call = Ident::new(call, first);
    let start = quote_spanned!(first=> ::gin::__private::#call::<#r#type);
    let end = quote_spanned!(last=> , _>());
    quote!(#start #end)
}

/// Returns the spans of the type's first and last token.
fn ends(r#type: &TokenStream) -> (Span, Span) {
    let mut spans = r#type.clone().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}

/// Returns the function's return type, if it has a name.
fn output(function: &Function) -> Option<TokenStream> {
    let output = &function.output;
    match output.first() {
        None => Some(quote!(())),
        Some(first) if is_punct(first, '!') || output.iter().any(is_nameless) => None,
        Some(_) => Some(quote!(#(#output)*)),
    }
}

/// Returns `true` if the token is the `impl` of a type without a name, or contains one.
fn is_nameless(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => group.stream().into_iter().any(|token| is_nameless(&token)),
        token => is_word(token, "impl"),
    }
}

/// Returns a closure that makes the arguments and calls the function.
fn closure(function: &Function, arguments: &[Argument]) -> TokenStream {
    let name = &function.name;
    let variables: Vec<_> = arguments.iter().enumerate().map(Variable::new).collect();
    // Params come first: one that does not parse is a 404, whatever the extractors return. Borrowed params come last, because
    // extractors need the context mutably.
    let params = variables.iter().filter_map(Variable::param);
    let extractors = variables.iter().filter_map(Variable::extractor);
    let extracted = variables.iter().filter_map(Variable::extracted);
    let borrows = variables.iter().filter_map(Variable::borrow);
    let inputs = variables.iter().map(Variable::input);
    let response = response(function);
    quote! {
        ::gin::__private::Closure::new(|cx| ::std::boxed::Box::pin(async move {
            #(#params)*
            #(#extractors)*
            #(
                let ::core::option::Option::Some(#extracted) = #extracted else {
                    return ::gin::__private::gathered(cx);
                };
            )*
            #(#borrows)*
            let output = #name(#(#inputs),*).await;
            let response = #response(output);
            ::gin::__private::settled(cx, response)
        }))
    }
}

/// Returns the functions that list what each param, each extractor and the response need, such as a state, and the templates that the
/// function names with their lines.
///
/// They are outside the handler, whose type would otherwise have such a function of its own.
pub(crate) fn needs(function: &Function, arguments: &[Argument], views: &[Literal]) -> TokenStream {
    let types = arguments.iter().filter_map(Argument::extractor);
    let params = arguments.iter().filter_map(|argument| match argument {
        Argument::Param(name, r#type) => {
            let (first, last) = ends(r#type);
            let start = quote_spanned!(first=> ::gin::__private::param_needs::<#r#type);
            let end = quote_spanned!(last=> , _>);
            Some(quote!((#name, #start #end)))
        }
        _ => None,
    });
    // A type that borrows from the context is left out: an item cannot name it, and no such response needs anything.
    let owns = Adapter::of(arguments).is_some();
    let output = output(function).filter(|output| owns || !borrows(output));
    let response = output.map(|output| {
        let (first, last) = ends(&output);
        let start = quote_spanned!(first=> ::gin::__private::response_needs::<#output);
        let end = quote_spanned!(last=> , _>);
        quote!(#start #end)
    });
    let response = response.into_iter();
    let lines = views
        .iter()
        .map(|view| quote_spanned!(view.span()=> ::core::line!()));
    quote!(::gin::__private::AttributeNeeds {
        params: &[#(#params),*],
        others: &[#(<#types as ::gin::__private::Extractor<_>>::needs,)* #(#response),*],
        views: &[#((#views, #lines)),*],
    })
}

/// Returns `true` if the type has a reference or a lifetime.
fn borrows(r#type: &TokenStream) -> bool {
    let mut tokens = r#type.clone().into_iter();
    tokens.any(|token| match token {
        TokenTree::Group(group) => borrows(&group.stream()),
        TokenTree::Punct(punct) => matches!(punct.as_char(), '&' | '\''),
        _ => false,
    })
}

/// Returns the expression for the extractor's value.
///
/// It has the span of the type: rustc does not repeat an error that it has reported there.
fn awaited_input(r#type: &TokenStream) -> TokenStream {
    let (first, last) = ends(r#type);
    let cx = quote!(cx);
    let start = quote_spanned!(first=> <#r#type as ::gin::__private::Extractor<_>>::input);
    let end = quote_spanned!(last=> (#cx).await);
    quote!(#start #end)
}

/// Returns the function that turns the output into a response.
///
/// It names the type, so that rustc reports an unsuitable one where it is written. It does not take the context, which a type
/// without a name may borrow.
fn response(function: &Function) -> TokenStream {
    let output = output(function).unwrap_or_else(|| quote!(_));
    quote!(::gin::__private::response::<#output, _>)
}

/// An argument, and the variable for its value until the function is called.
struct Variable<'a> {
    name: Ident,
    argument: &'a Argument,
}

impl<'a> Variable<'a> {
    fn new((index, argument): (usize, &'a Argument)) -> Self {
        Self {
            name: format_ident!("argument_{index}"),
            argument,
        }
    }

    fn param(&self) -> Option<TokenStream> {
        let Argument::Param(param, r#type) = self.argument else {
            return None;
        };
        let value = quote!(::gin::__private::param::<#r#type, _>(cx, #param));
        Some(self.is_ok_or(&value, &quote!(::gin::__private::response_to(cx, error))))
    }

    fn extractor(&self) -> Option<TokenStream> {
        let r#type = self.argument.extractor()?;
        let value = awaited_input(r#type);
        let value = quote!(::gin::__private::sift(#value, cx));
        Some(self.is_ok_or(&value, &quote!(error)))
    }

    /// The extractor's value, once no extractor has failed.
    fn extracted(&self) -> Option<&Ident> {
        self.argument.extractor().map(|_| &self.name)
    }

    fn borrow(&self) -> Option<TokenStream> {
        let Argument::Borrowed(param, _) = self.argument else {
            return None;
        };
        let value = quote!(::gin::__private::param_str(cx, #param));
        Some(self.is_ok_or(&value, &quote!(::gin::__private::response_to(cx, error))))
    }

    fn is_ok_or(&self, result: &TokenStream, response: &TokenStream) -> TokenStream {
        let name = &self.name;
        quote! {
            let #name = match #result {
                ::core::result::Result::Ok(value) => value,
                ::core::result::Result::Err(error) => return #response,
            };
        }
    }

    fn input(&self) -> TokenStream {
        let name = &self.name;
        if let Argument::Context(_) = self.argument {
            quote!(&mut *cx)
        } else {
            quote!(#name)
        }
    }
}
