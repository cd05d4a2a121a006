//! One argument of an attribute's function.

use std::future::pending;

use crate::extract::{FromContext, Needs, extract};
use crate::handlers::attribute::{Extracted, Fit, Never, Unfit};
use crate::request::Context;
use crate::response::Response;

/// What is [`FromContext`], by a trait that has no list of other types for rustc to show beside a wrong one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor",
    label = "cannot be made from a request",
    note = "handlers take `Path`, `Query`, `Form`, `Json`, `State`, `Bytes`, `String`, an `Option` or `Result` of one of these, or a type that implements `FromContext`",
    note = "what is in a `Path`, `Query`, `Form` or `Json` implements `serde::Deserialize`, what is in a `State` implements `Clone`"
)]
pub trait Extractor<Kind>: Sized {
    /// Stands for the type.
    type Mark;

    /// Makes the argument, or the response where there is none.
    fn input(cx: &mut Context) -> impl Future<Output = Result<Self, Response>> + Send;

    /// Says what the argument needs to have been given.
    fn needs(needs: &mut Needs);
}

#[diagnostic::do_not_recommend]
impl<T: FromContext> Extractor<Fit> for T {
    type Mark = Extracted<T>;

    fn input(cx: &mut Context) -> impl Future<Output = Result<T, Response>> + Send {
        extract(cx)
    }

    fn needs(needs: &mut Needs) {
        <T as FromContext>::needs(needs);
    }
}

#[diagnostic::do_not_recommend]
impl<T: Never> Extractor<Unfit> for T {
    type Mark = Extracted<T>;

    fn input(_: &mut Context) -> impl Future<Output = Result<T, Response>> + Send {
        pending()
    }

    fn needs(_: &mut Needs) {}
}
