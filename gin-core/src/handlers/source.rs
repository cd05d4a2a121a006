//! The sources of a function's arguments, and the conversion of the value that it returns, as types.

use std::marker::PhantomData;

use crate::extract::{FromContext, Rejection};
use crate::handlers::argument::Extractor;
use crate::handlers::attribute::Declare;
use crate::handlers::output::{Output, response_needs, response_to};
use crate::handlers::param::{FromParam, param};
use crate::request::Context;
use crate::response::{IntoResponse, Response};

/// The kind of types that fit in their place in a handler.
#[doc(hidden)]
#[derive(Debug)]
pub struct Fit;

/// The kind of types that do not fit. No type is of this kind.
///
/// With several kinds to choose from, rustc cannot infer the kind of an unfit type. So it reports the type once, where the
/// function names it, and none of the errors that would follow.
#[doc(hidden)]
#[derive(Debug)]
pub struct Unfit;

/// Another kind of types that do not fit.
#[doc(hidden)]
#[derive(Debug)]
pub struct Unknown;

/// A trait that no type implements.
#[doc(hidden)]
pub trait Never {}

/// The source of an argument of type `T`: a param or an extractor, by the `Kind`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Source<T, Kind>(PhantomData<fn() -> (T, Kind)>);

/// The kind of an argument that is a param of the pattern.
#[doc(hidden)]
#[derive(Debug)]
pub struct ByName;

/// The kind of an argument that is an extractor.
#[doc(hidden)]
#[derive(Debug)]
pub struct ByType;

/// The source of an argument.
#[doc(hidden)]
pub trait Argument: Send + Sync {
    /// The type that the function takes.
    type Value;

    /// The response if the argument cannot be made.
    type Rejection: IntoResponse + Send;

    /// Declares what the argument needs.
    const NEEDS: Declare;

    /// Makes the argument. `name` is the param's, if the argument is a param.
    fn value(
        cx: &mut Context,
        name: &'static str,
    ) -> impl Future<Output = Result<Self::Value, Self::Rejection>> + Send;
}

/// Marks an argument as a param. The function determines its type.
#[doc(hidden)]
pub const fn from_param<T: FromParam<K>, K>() -> Source<T, T::Kind> {
    Source(PhantomData)
}

impl<T: FromParam<Fit> + Send> Argument for Source<T, ByName> {
    type Value = T;
    type Rejection = Rejection;

    const NEEDS: Declare = Declare::Param(<T as FromParam<Fit>>::needs);

    fn value(
        cx: &mut Context,
        name: &'static str,
    ) -> impl Future<Output = Result<T, Rejection>> + Send {
        std::future::ready(param(cx, name))
    }
}

/// Marks an argument as an extractor. The function determines its type.
#[doc(hidden)]
pub const fn from_request<T: Extractor<K>, K>() -> Source<T, T::Kind> {
    Source(PhantomData)
}

// The condition is not `Extractor`, whose functions would be compiled again for each extractor to call those of `FromContext`.
impl<T: FromContext + Send> Argument for Source<T, ByType> {
    type Value = T;
    type Rejection = T::Rejection;

    const NEEDS: Declare = Declare::Other(<T as FromContext>::needs);

    fn value(
        cx: &mut Context,
        _: &'static str,
    ) -> impl Future<Output = Result<T, T::Rejection>> + Send {
        T::from_context(cx)
    }
}

/// The marker of a function's return type.
#[doc(hidden)]
#[derive(Debug)]
pub struct Returned<T, Kind>(PhantomData<fn() -> (T, Kind)>);

/// Marks the return type of a function.
#[doc(hidden)]
pub const fn to_response<T: Output<K>, K>() -> Returned<T, T::Kind> {
    Returned(PhantomData)
}

/// The conversion of a returned value.
#[doc(hidden)]
pub trait Return: Send + Sync {
    /// The type that the function returns.
    type Value;

    /// Declares what the response needs.
    const NEEDS: Declare;

    /// Turns the value into the response to this request.
    fn respond(cx: &mut Context, value: Self::Value) -> Response;
}

impl<T: Output<Fit>> Return for Returned<T, Fit> {
    type Value = T;

    const NEEDS: Declare = Declare::Other(response_needs::<T, Fit>);

    fn respond(cx: &mut Context, value: T) -> Response {
        response_to(cx, value)
    }
}

/// Implements the traits for kinds that no type has, so nothing calls these functions.
///
/// Rustc has reported an unfit type where the function names it. These kinds are why it reports no error of the handler as well.
macro_rules! unfit {
    ($($Kind:ident)*) => {
        $(
            impl<T> Argument for Source<T, $Kind> {
                type Value = T;
                type Rejection = Rejection;

                const NEEDS: Declare = Declare::Other(|_| {});

                fn value(
                    _: &mut Context,
                    _: &'static str,
                ) -> impl Future<Output = Result<T, Rejection>> + Send {
                    std::future::pending()
                }
            }

            impl<T> Return for Returned<T, $Kind> {
                type Value = T;

                const NEEDS: Declare = Declare::Other(|_| {});

                fn respond(cx: &mut Context, _: T) -> Response {
                    response_to(cx, ())
                }
            }
        )*
    };
}

unfit!(Unfit Unknown);
