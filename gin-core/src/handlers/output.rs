//! What an attribute's function returns.

use crate::handlers::attribute::{self, Fit, Never, Unfit};
use crate::request::Context;
use crate::response::{IntoResponse, Response, respond, settle};

/// What is [`IntoResponse`], by a trait that has no list of other types for rustc to show beside a wrong one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a response",
    label = "cannot be turned into a response",
    note = "return text, `Json(value)`, `Html(text)`, a `StatusCode`, `(status, body)`, a `Response`, a `Result` of one of these, or a type that implements `IntoResponse`",
    note = "what is in a `Json` implements `serde::Serialize`; any error becomes that of a `gin::Result` by `?`"
)]
pub trait Output<Kind>: IntoResponse {
    /// Stands for the type.
    type Mark;
}

#[diagnostic::do_not_recommend]
impl<T: IntoResponse> Output<Fit> for T {
    type Mark = attribute::Output<T>;
}

#[diagnostic::do_not_recommend]
impl<T: IntoResponse + Never> Output<Unfit> for T {
    type Mark = attribute::Output<T>;
}

/// Turns what the function returned into a response, which [`settled`] makes the one to this request.
#[doc(hidden)]
pub fn response<T: Output<K>, K>(output: T) -> Response {
    output.into_response()
}

/// Puts the problem that `response` may hold into words for this request.
#[doc(hidden)]
pub fn settled(cx: &mut Context, mut response: Response) -> Response {
    settle(cx, &mut response);
    response
}

/// Turns what the function returned into the response to this request.
#[doc(hidden)]
pub fn answer<T: Output<K>, K>(cx: &mut Context, output: T) -> Response {
    respond(cx, output)
}
