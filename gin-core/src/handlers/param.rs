//! One path param, as attribute routes take it: by name, through `FromStr` or as it is.

use std::str::FromStr;

use bytes::Bytes;

use crate::extract::{Fault, ParamBytes, Rejection, not_text};
use crate::failure::Problem;
use crate::handlers::attribute::{Fit, Never, Param, Unfit};
use crate::request::Context;

/// What a param can be made into: all that is [`FromStr`], and its octets.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made from a path param",
    label = "does not implement `FromStr`",
    note = "a param is parsed by `FromStr`, or borrowed as `&str`"
)]
pub trait FromParam<Kind>: Sized {
    /// Stands for the type.
    type Mark;

    /// Makes it from the param `name`.
    fn from_param(cx: &Context, name: &str) -> Result<Self, Rejection>;
}

/// One that does not parse is 404: no such thing exists.
#[diagnostic::do_not_recommend]
impl<T: FromStr> FromParam<Fit> for T {
    type Mark = Param<T>;

    fn from_param(cx: &Context, name: &str) -> Result<T, Rejection> {
        let value = param_str(cx, name)?;
        value.parse().map_err(|_| unparsable(cx, name))
    }
}

#[diagnostic::do_not_recommend]
impl FromParam<Fit> for ParamBytes {
    type Mark = Param<ParamBytes>;

    fn from_param(cx: &Context, name: &str) -> Result<ParamBytes, Rejection> {
        let octets = cx.param_bytes(name).ok_or_else(|| absent(name))?;
        Ok(ParamBytes(Bytes::copy_from_slice(octets)))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Never> FromParam<Unfit> for T {
    type Mark = Param<T>;

    fn from_param(_: &Context, name: &str) -> Result<T, Rejection> {
        Err(absent(name))
    }
}

/// The param `name`, as whatever the handler takes.
#[doc(hidden)]
pub fn param<T: FromParam<K>, K>(cx: &Context, name: &str) -> Result<T, Rejection> {
    T::from_param(cx, name)
}

/// The param `name` as it is, decoded. What is no text is 400.
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
    Rejection::new(Fault::Invalid, Problem::new(404).detail(detail))
}

fn absent(name: &str) -> Rejection {
    let detail = format!("the route's pattern has no param `{name}`");
    Rejection::new(Fault::Absent, Problem::new(500).detail(detail))
}
