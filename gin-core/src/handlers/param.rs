//! A path param as an argument of an attribute's function: by name, parsed by `FromStr`, or as it is.

use std::any::type_name;
use std::convert::Infallible;
use std::str::FromStr;

use bytes::Bytes;

use crate::extract::{Needs, ParamBytes, Rejection, Segments, Severity, not_text};
use crate::failure::Problem;
use crate::handlers::source::{ByName, Fit, Never, Unfit};
use crate::request::Context;

/// A type that can be made from a param: any type that implements [`FromStr`], and [`ParamBytes`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made from a path param",
    label = "does not implement `FromStr`",
    note = "a param is parsed by `FromStr`, or borrowed as `&str`"
)]
pub trait FromParam<Kind>: Sized {
    /// The kind of the argument, once the type is known to fit.
    type Kind;

    /// Makes the value from the param `name`.
    fn from_param(cx: &Context, name: &str) -> Result<Self, Rejection>;

    /// Declares which values of the param `name` can be made. A path with another value is left to other routes.
    fn needs(needs: &mut Needs, name: &'static str) {
        let _ = (needs, name);
    }
}

/// A value that does not parse is 404, because the path names nothing that exists.
#[diagnostic::do_not_recommend]
impl<T: FromStr> FromParam<Fit> for T {
    type Kind = ByName;

    fn from_param(cx: &Context, name: &str) -> Result<T, Rejection> {
        let value = param_str(cx, name)?;
        value.parse().map_err(|_| unparsable(cx, name))
    }

    fn needs(needs: &mut Needs, name: &'static str) {
        // Any text is a `String`, so that it need not be parsed twice.
        if type_name::<T::Err>() != type_name::<Infallible>() {
            needs.param::<T>(name, |value| value.parse::<T>().is_ok());
        }
    }
}

#[diagnostic::do_not_recommend]
impl FromParam<Fit> for Segments {
    type Kind = ByName;

    fn from_param(cx: &Context, name: &str) -> Result<Segments, Rejection> {
        Segments::of(cx, name)
    }
}

#[diagnostic::do_not_recommend]
impl FromParam<Fit> for ParamBytes {
    type Kind = ByName;

    fn from_param(cx: &Context, name: &str) -> Result<ParamBytes, Rejection> {
        let bytes = cx.param_bytes(name).ok_or_else(|| absent(name))?;
        Ok(ParamBytes(Bytes::copy_from_slice(bytes)))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Never> FromParam<Unfit> for T {
    type Kind = ByName;

    fn from_param(_: &Context, name: &str) -> Result<T, Rejection> {
        Err(absent(name))
    }
}

/// Returns the param `name` as the type that the function takes.
#[doc(hidden)]
pub fn param<T: FromParam<K>, K>(cx: &Context, name: &str) -> Result<T, Rejection> {
    T::from_param(cx, name)
}

/// Declares which values of the param `name` the type can be made from.
#[doc(hidden)]
pub fn param_needs<T: FromParam<K>, K>(needs: &mut Needs, name: &'static str) {
    T::needs(needs, name);
}

/// Returns the param `name`, decoded. A value that is not UTF-8 is 400.
#[doc(hidden)]
pub fn param_str<'a>(cx: &'a Context, name: &str) -> Result<&'a str, Rejection> {
    match cx.param(name) {
        Some(value) => Ok(value),
        None if cx.param_bytes(name).is_some() => Err(not_text(name)),
        None => Err(absent(name)),
    }
}

fn unparsable(cx: &Context, name: &str) -> Rejection {
    let value = cx.param(name).unwrap_or_default();
    let detail = format!("`{value}` is not a valid `{name}`");
    Rejection::new(Severity::Invalid, Problem::new(404).detail(detail))
}

fn absent(name: &str) -> Rejection {
    let cause = format!("the route's pattern has no param `{name}`");
    Rejection::new(Severity::Absent, Problem::new(500).because(cause))
}
