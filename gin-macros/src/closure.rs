//! The closure that is a route's handler where an argument borrows from the context, or the response has no name.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};

use crate::argument::Argument;
use crate::function::Function;
use crate::handler::{ends, output};

/// Returns a closure that makes the arguments and calls the function.
pub(crate) fn closure(function: &Function, arguments: &[Argument<'_>]) -> TokenStream {
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

/// Returns the names of the params, and the functions that declare what each param, each extractor and the response need, such as a
/// state.
///
/// They are outside the handler, whose type would otherwise have such a function of its own.
pub(crate) fn needs(function: &Function, arguments: &[Argument<'_>]) -> TokenStream {
    let names = arguments.iter().filter_map(|argument| match argument {
        Argument::Param(name, _) => Some(name),
        _ => None,
    });
    let sources = arguments.iter().filter_map(|argument| match argument {
        Argument::Param(_, r#type) => Some(declared(r#type, "Param", "param_needs")),
        Argument::Extractor(r#type) => Some(quote! {
            ::gin::__private::Declare::Other(<#(#r#type)* as ::gin::__private::Extractor<_>>::needs)
        }),
        Argument::Borrowed(..) | Argument::Context(_) => None,
    });
    // A type that borrows from the context is left out: an item cannot name it, and no such response needs anything.
    let output = output(function).filter(|output| !borrows(output));
    let response = output.map(|output| declared(output, "Other", "response_needs"));
    let sources = sources.chain(response);
    quote!(&[#(#names),*], &[#(#sources),*])
}

/// Returns the function that declares what the type needs, as a `Declare`.
fn declared(r#type: &[TokenTree], kind: &str, function: &str) -> TokenStream {
    let (first, last) = ends(r#type);
    let r#type = named(r#type);
    let (kind, function) = (Ident::new(kind, first), Ident::new(function, first));
    let start = quote_spanned!(first=> ::gin::__private::#function::<#r#type);
    let end = quote_spanned!(last=> , _>);
    quote!(::gin::__private::Declare::#kind(#start #end))
}

/// Returns `true` if the type has a reference or a lifetime.
fn borrows(r#type: &[TokenTree]) -> bool {
    r#type.iter().any(|token| match token {
        TokenTree::Group(group) => borrows(&group.stream().into_iter().collect::<Vec<_>>()),
        TokenTree::Punct(punct) => matches!(punct.as_char(), '&' | '\''),
        _ => false,
    })
}

/// Returns the tokens of the type, which is the unit if there are none.
fn named(r#type: &[TokenTree]) -> TokenStream {
    if r#type.is_empty() {
        return quote!(());
    }
    quote!(#(#r#type)*)
}

/// Returns the expression for the extractor's value.
///
/// It has the span of the type: rustc does not repeat an error that it has reported there.
fn awaited_input(r#type: &[TokenTree]) -> TokenStream {
    let (first, last) = ends(r#type);
    let r#type = named(r#type);
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
    let output = output(function).map_or_else(|| quote!(_), named);
    quote!(::gin::__private::response::<#output, _>)
}

/// An argument, and the variable for its value until the function is called.
struct Variable<'a> {
    name: Ident,
    argument: &'a Argument<'a>,
}

impl<'a> Variable<'a> {
    fn new((index, argument): (usize, &'a Argument<'a>)) -> Self {
        Self {
            name: format_ident!("argument_{index}"),
            argument,
        }
    }

    fn param(&self) -> Option<TokenStream> {
        let Argument::Param(param, r#type) = self.argument else {
            return None;
        };
        let value = quote!(::gin::__private::param::<#(#r#type)*, _>(cx, #param));
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
