//! Extractors as arguments of an attribute's function.

use std::convert::Infallible;
use std::future::pending;

use crate::extract::{FromContext, Needs};
use crate::handlers::source::{ByType, Fit, Never, Unfit};
use crate::request::Context;
use crate::response::IntoResponse;

/// An alias of [`FromContext`]. Its implementations are generic, so that rustc does not list other types beside a wrong one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor",
    label = "cannot be made from a request",
    note = "handlers take `Path`, `Query`, `Form`, `Json`, `State`, `Bytes`, `String`, an `Option` or `Result` of one of these, or a type that implements `FromContext`",
    note = "the context is `&mut Context`, as the first argument",
    note = "a value that a group gives by `.state(…)` is `State(value): State<…>`, and one that a middleware sets by `cx.set(…)` is `Extension(value): Extension<…>`",
    note = "the type inside a `Path`, `Query`, `Form` or `Json` implements `serde::Deserialize`, and inside a `Valid` `validator::Validate` as well; the type inside a `State` implements `Clone`"
)]
pub trait Extractor<Kind>: Sized {
    /// The kind of the argument, once the type is known to fit.
    type Kind;

    /// The response if the argument cannot be made.
    type Rejection: IntoResponse + Send;

    /// Makes the argument.
    fn input(cx: &mut Context) -> impl Future<Output = Result<Self, Self::Rejection>> + Send;

    /// Declares what the argument needs.
    fn needs(needs: &mut Needs);
}

#[diagnostic::do_not_recommend]
impl<T: FromContext> Extractor<Fit> for T {
    type Kind = ByType;
    type Rejection = T::Rejection;

    fn input(cx: &mut Context) -> impl Future<Output = Result<T, T::Rejection>> + Send {
        T::from_context(cx)
    }

    fn needs(needs: &mut Needs) {
        <T as FromContext>::needs(needs);
    }
}

#[diagnostic::do_not_recommend]
impl<T: Never> Extractor<Unfit> for T {
    type Kind = ByType;
    type Rejection = Infallible;

    fn input(_: &mut Context) -> impl Future<Output = Result<T, Infallible>> + Send {
        pending()
    }

    fn needs(_: &mut Needs) {}
}
