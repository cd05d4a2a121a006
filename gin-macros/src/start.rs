//! `#[gin::main]`: the function that an app starts with.

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::function::Function;
use crate::mistake::Mistake;

/// A plain function around the async one, which it runs; or what is wrong with that.
pub(crate) fn main(attribute: &TokenStream, tokens: &TokenStream) -> TokenStream {
    let function = match checked(attribute, tokens.clone()) {
        Ok(function) => function,
        // One error is enough: a crate without a `main` would be another.
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
        let said: Vec<_> = attribute.clone().into_iter().collect();
        return Err(Mistake::over(&said, "`#[gin::main]` has no options"));
    }
    if function.mistakes.is_empty() && function.inputs.is_empty() {
        Ok(function)
    } else {
        Err(Mistake::at(function.name.span(), SHAPE))
    }
}
