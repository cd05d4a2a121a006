//! One argument of an attribute's function, so made that an unfit type is one error, where the attribute asserts it.

use std::marker::PhantomData;

use crate::{
    context::Context,
    extract::{FromContext, Needs, extract},
    response::Response,
};

/// An argument of type `T`.
///
/// For a `T` that is no extractor the methods are those of [`Unfit`], which the compiler finds only when it has found no
/// others: so only [`assert_extractor`] says what is wrong, once.
#[doc(hidden)]
#[derive(Debug)]
pub struct Input<T>(PhantomData<fn() -> T>);

impl<T> Input<T> {
    /// The argument.
    pub const NEW: Self = Input(PhantomData);
}

/// What is [`FromContext`], by a trait that has no list of other types for rustc to show beside a wrong one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor",
    label = "cannot be made from a request",
    note = "handlers take `Path`, `Query`, `Form`, `Json`, `State`, `Bytes`, `String`, an `Option` or `Result` of one of these, or a type that implements `FromContext`"
)]
pub trait Extractor {}

#[diagnostic::do_not_recommend]
impl<T: FromContext> Extractor for T {}

/// Compiles for extractors only.
#[doc(hidden)]
pub const fn assert_extractor<T: Extractor>() {}

#[doc(hidden)]
pub trait Fit<T> {
    fn extract(&self, cx: &mut Context) -> impl Future<Output = Result<T, Response>> + Send;
    fn needs(&self, needs: &mut Needs);
}

#[doc(hidden)]
pub trait Unfit<T> {
    fn extract(&self, cx: &mut Context) -> impl Future<Output = Result<T, Response>> + Send;
    fn needs(&self, needs: &mut Needs);
}

impl<T: FromContext> Fit<T> for Input<T> {
    fn extract(&self, cx: &mut Context) -> impl Future<Output = Result<T, Response>> + Send {
        extract(cx)
    }

    fn needs(&self, needs: &mut Needs) {
        T::needs(needs);
    }
}

impl<T> Unfit<T> for &Input<T> {
    async fn extract(&self, _: &mut Context) -> Result<T, Response> {
        unreachable!("a route with an argument that is no extractor does not compile")
    }

    fn needs(&self, _: &mut Needs) {}
}
