//! `#[gin::main]`, the attribute of an app's main function.

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::function::Function;
use crate::mistake::Mistake;

/// Returns a plain function that runs the async one on a runtime, or a compile error.
pub(crate) fn main(attribute: &TokenStream, tokens: &TokenStream) -> TokenStream {
    let function = match checked(attribute, tokens.clone()) {
        Ok(function) => function,
        // Without a `main`, rustc would report a second error.
        Err(mistake) => {
            return [
                mistake.to_item(),
                quote!(
                    fn main() {}
                ),
            ]
            .into_iter()
            .collect();
        }
    };
    let Function {
        conditions,
        visibility,
        name,
        output,
        ..
    } = &function;
    let output = (!output.is_empty()).then(|| quote!(-> #(#output)*));
    quote! {
        #conditions
        #visibility fn #name() #output {
            #tokens
            ::gin::__private::block_on(#name())
        }
    }
}

fn checked(attribute: &TokenStream, tokens: TokenStream) -> Result<Function, Mistake> {
    const SHAPE: &str =
        "`#[gin::main]` goes on `async fn main()`, which has no arguments and no generics";
    let function = Function::parse(tokens).map_err(|_| Mistake::at(Span::call_site(), SHAPE))?;
    if !attribute.is_empty() {
        let options: Vec<_> = attribute.clone().into_iter().collect();
        return Err(Mistake::over(&options, "`#[gin::main]` takes no options"));
    }
    if function.mistakes.is_empty() && function.inputs.is_empty() {
        Ok(function)
    } else {
        Err(Mistake::at(function.name.span(), SHAPE))
    }
}
