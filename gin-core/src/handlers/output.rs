//! The values that an attribute's function returns.

use crate::extract::Needs;
use crate::handlers::source::{Fit, Never, Unfit};
use crate::request::Context;
use crate::response::{IntoResponse, Response, respond, settle};

/// An alias of [`IntoResponse`]. Its implementations are generic, so that rustc does not list other types beside a wrong one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a response",
    label = "cannot be turned into a response",
    note = "return text, `Json(value)`, `Html(text)`, a `StatusCode`, `(status, body)`, a `Response`, a `Result` of one of these, or a type that implements `IntoResponse`",
    note = "the type inside a `Json` implements `serde::Serialize`; an `Option` becomes a response by `.or_404()`, a number or a list by `Json(value)`",
    note = "of a `Result`, both types are responses: the error implements `IntoResponse`, or the function returns a `gin::Result`, to which `?` converts any error; an `anyhow::Error` is a response with gin's feature `anyhow`"
)]
pub trait Output<Kind>: IntoResponse {
    /// The kind of the type, once it is known to fit.
    type Kind;
}

#[diagnostic::do_not_recommend]
impl<T: IntoResponse> Output<Fit> for T {
    type Kind = Fit;
}

#[diagnostic::do_not_recommend]
impl<T: IntoResponse + Never> Output<Unfit> for T {
    type Kind = Unfit;
}

/// Declares what the response of a function needs.
#[doc(hidden)]
pub fn response_needs<T: Output<K>, K>(needs: &mut Needs) {
    needs.response::<T>();
}

/// Turns a returned value into a response. [`settled`] then turns that into the response to this request.
#[doc(hidden)]
pub fn response<T: Output<K>, K>(output: T) -> Response {
    output.into_response()
}

/// Gives the problem that `response` may carry the shape that this request accepts.
#[doc(hidden)]
pub fn settled(cx: &mut Context, mut response: Response) -> Response {
    settle(cx, &mut response);
    response
}

/// Turns a returned value into the response to this request.
#[doc(hidden)]
pub fn response_to<T: Output<K>, K>(cx: &mut Context, output: T) -> Response {
    respond(cx, output)
}
