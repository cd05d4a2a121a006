//! One path param, as attribute routes take it: by name, through `FromStr`.

use std::str::FromStr;

use crate::{
    context::Context,
    extract::{Fault, Rejection},
    problem::Problem,
};

/// What a param can be parsed as: all that is [`FromStr`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made from a path param",
    label = "does not implement `FromStr`",
    note = "a param is parsed by `FromStr`, or borrowed as `&str`"
)]
pub trait FromParam: Sized {
    /// Parses the param's value, decoded.
    fn from_param(value: &str) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: FromStr> FromParam for T {
    fn from_param(value: &str) -> Option<T> {
        value.parse().ok()
    }
}

/// The param `name`, parsed. One that does not parse is 404: no such thing exists.
#[doc(hidden)]
pub fn param<T: FromParam>(cx: &Context, name: &str) -> Result<T, Rejection> {
    T::from_param(param_str(cx, name)?).ok_or_else(|| unparsable(cx, name))
}

/// The param `name` as it is, decoded.
#[doc(hidden)]
pub fn param_str<'a>(cx: &'a Context, name: &str) -> Result<&'a str, Rejection> {
    cx.param(name).ok_or_else(|| absent(name))
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
