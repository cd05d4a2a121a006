//! Attribute routes for gin-core: `#[get("/hello/:name")]`.
//!
//! They are re-exported by `gin`, where their use is shown.

mod argument;
mod attribute;
mod function;

mod expand;
mod url;

mod literal;
mod mistake;
mod tokens;

use proc_macro::TokenStream;

use attribute::Methods;

macro_rules! doors {
    ($($(#[$doc:meta])* $name:ident $method:literal;)*) => {$(
        $(#[$doc])*
        #[proc_macro_attribute]
        pub fn $name(attribute: TokenStream, function: TokenStream) -> TokenStream {
            let methods = Methods::One(stringify!($name), $method);
            expand::route(methods, attribute.into(), function.into()).into()
        }
    )*};
}

doors! {
    /// A route for `GET`, which `HEAD` falls back to: `#[get("/hello/:name")]`.
    ///
    /// The function stays as it is and can be called in tests. Beside it comes a type of its name, with a constant
    /// `ROUTE` for `routes![…]` and a function `url(…)` that makes the path.
    ///
    /// An argument that is named like a param of the pattern is that param, parsed by `FromStr` (404 where it does not
    /// parse), or borrowed as `&str`. One of type `&mut Context` is the context. Any other is an extractor.
    get "GET";
    /// A route for `POST`; see [`get`](macro@get).
    post "POST";
    /// A route for `PUT`; see [`get`](macro@get).
    put "PUT";
    /// A route for `PATCH`; see [`get`](macro@get).
    patch "PATCH";
    /// A route for `DELETE`; see [`get`](macro@get).
    delete "DELETE";
    /// A route for `HEAD`, where it is to differ from `GET`; see [`get`](macro@get).
    head "HEAD";
    /// A route for `OPTIONS`, where it is to differ from the answer that the engine gives; see [`get`](macro@get).
    options "OPTIONS";
}

/// A route for every method that no other route of this shape takes; see [`get`](macro@get).
#[proc_macro_attribute]
pub fn any(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand::route(Methods::Any, attribute.into(), function.into()).into()
}

/// A route for several methods: `#[route(GET, POST, "/search")]`; see [`get`](macro@get).
#[proc_macro_attribute]
pub fn route(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand::route(Methods::Listed, attribute.into(), function.into()).into()
}
