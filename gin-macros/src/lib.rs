//! Attribute routes for gin-core: `#[get("/hello/:name")]`.
//!
//! They are re-exported by `gin`, where their use is shown.

mod argument;
mod attribute;
mod function;

mod expand;
mod handler;
mod start;
mod url;

mod literal;
mod mistake;
mod tokens;

use proc_macro::TokenStream;

use attribute::Methods;

/// A route for `GET`, which `HEAD` falls back to: `#[get("/hello/:name")]`.
///
/// The function stays as it is and can be called in tests. Beside it comes a type of its name, with a constant
/// `ROUTE` for `routes![…]` and a function `url(…)` that makes the path: the route's own, without the prefixes of its groups.
///
/// An argument that is named like a param of the pattern is that param, parsed by `FromStr` (404 where it does not
/// parse), or borrowed as `&str`. One of type `&mut Context` is the context. Any other is an extractor.
#[proc_macro_attribute]
pub fn get(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::One("get", "GET"), attribute, function)
}

/// A route for `POST`; see [`get`](macro@get).
#[proc_macro_attribute]
pub fn post(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::One("post", "POST"), attribute, function)
}

/// A route for `PUT`; see [`get`](macro@get).
#[proc_macro_attribute]
pub fn put(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::One("put", "PUT"), attribute, function)
}

/// A route for `PATCH`; see [`get`](macro@get).
#[proc_macro_attribute]
pub fn patch(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::One("patch", "PATCH"), attribute, function)
}

/// A route for `DELETE`; see [`get`](macro@get).
#[proc_macro_attribute]
pub fn delete(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::One("delete", "DELETE"), attribute, function)
}

/// A route for `HEAD`, where it is to differ from `GET`; see [`get`](macro@get).
#[proc_macro_attribute]
pub fn head(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::One("head", "HEAD"), attribute, function)
}

/// A route for `OPTIONS`, where it is to differ from the answer that the engine gives; see [`get`](macro@get).
#[proc_macro_attribute]
pub fn options(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::One("options", "OPTIONS"), attribute, function)
}

/// A route for every method that no other route of this shape takes; see [`get`](macro@get).
#[proc_macro_attribute]
pub fn any(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::Any, attribute, function)
}

/// A route for several methods: `#[route(GET, POST, "/search")]`; see [`get`](macro@get).
#[proc_macro_attribute]
pub fn route(attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand(Methods::Listed, attribute, function)
}

/// Runs an `async fn main()` on a runtime of as many threads as there are cores.
///
/// It does what `#[tokio::main]` does, and costs less at every save: the runtime is compiled once, with gin-core.
#[proc_macro_attribute]
pub fn main(attribute: TokenStream, function: TokenStream) -> TokenStream {
    start::main(&attribute.into(), &function.into()).into()
}

fn expand(methods: Methods, attribute: TokenStream, function: TokenStream) -> TokenStream {
    expand::route(methods, attribute.into(), function.into()).into()
}
