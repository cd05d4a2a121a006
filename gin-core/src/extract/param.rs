//! One path param, as attribute routes take it: by name, through `FromStr`.

use std::str::FromStr;

use crate::{
    context::Context,
    extract::{Fault, Rejection},
    problem::Problem,
};

/// The param `name`, parsed. One that does not parse is 404: no such thing exists.
#[doc(hidden)]
pub fn param<T: FromStr>(cx: &Context, name: &str) -> Result<T, Rejection> {
    param_str(cx, name)?
        .parse()
        .map_err(|_| unparsable(cx, name))
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
