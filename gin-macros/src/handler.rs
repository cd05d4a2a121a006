//! The handler that a route has: it makes the arguments, calls the function, and turns its output into a response.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::argument::Argument;
use crate::function::Function;
use crate::tokens::{is_punct, is_word};

/// The closure that a route calls.
pub(crate) fn call(function: &Function, arguments: &[Argument]) -> TokenStream {
    let name = &function.name;
    let variables: Vec<_> = arguments.iter().enumerate().map(Variable::new).collect();
    // Params come first, for what does not parse is 404 whatever the rest says; those that borrow from the context, last,
    // for an extractor changes it.
    let steps = [Variable::param, Variable::extractor, Variable::borrow];
    let steps = steps
        .into_iter()
        .flat_map(|step| variables.iter().filter_map(step));
    let inputs = variables.iter().map(Variable::input);
    let answer = answer(function);
    quote! {
        |cx| ::std::boxed::Box::pin(async move {
            #(#steps)*
            let output = #name(#(#inputs),*).await;
            #answer(cx, output)
        })
    }
}

/// What says what each argument needs to have been given. It is beside the closure, for rustc says of a type that is no
/// extractor only once in one body that it is none.
pub(crate) fn needs(arguments: &[Argument]) -> TokenStream {
    let types = arguments.iter().filter_map(Argument::extractor);
    quote!(&[#(<#types as ::gin::__private::Extractor>::needs),*])
}

/// The extractor's value, as an expression that begins and ends where the type is written: what rustc says of it there it does
/// not repeat.
fn awaited_input(r#type: &TokenStream) -> TokenStream {
    let mut spans = r#type.clone().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    let last = spans.last().unwrap_or(first);
    let cx = quote!(cx);
    let start = quote_spanned!(first=> <#r#type as ::gin::__private::Extractor>::input);
    let end = quote_spanned!(last=> (#cx).await);
    quote!(#start #end)
}

/// The last step, which names the type so that an unfit one is shown where it is written.
fn answer(function: &Function) -> TokenStream {
    let output = &function.output;
    match output.first() {
        None => quote!(::gin::__private::answer::<()>),
        Some(first) if is_word(first, "impl") || is_punct(first, '!') => {
            quote!(::gin::__private::answer)
        }
        Some(_) => quote!(::gin::__private::answer::<#(#output)*>),
    }
}

/// An argument, and the variable that holds it until the function is called.
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
        let value = quote!(::gin::__private::param::<#r#type>(cx, #param));
        Some(self.is_ok_or(&value, &quote!(::gin::__private::answer(cx, error))))
    }

    fn extractor(&self) -> Option<TokenStream> {
        let r#type = self.argument.extractor()?;
        let value = awaited_input(r#type);
        Some(self.is_ok_or(&value, &quote!(error)))
    }

    fn borrow(&self) -> Option<TokenStream> {
        let Argument::Borrowed(param, _) = self.argument else {
            return None;
        };
        let value = quote!(::gin::__private::param_str(cx, #param));
        Some(self.is_ok_or(&value, &quote!(::gin::__private::answer(cx, error))))
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
