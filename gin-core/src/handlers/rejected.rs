//! The arguments of a handler that could not be made, for the dev server.

#[cfg(debug_assertions)]
use crate::extract::type_name::short;
use crate::request::Context;

/// The types of the arguments that could not be made, in the order of the arguments.
#[cfg(debug_assertions)]
pub(crate) struct Rejected(pub(crate) Vec<String>);

/// Notes that an argument of this type could not be made.
#[cfg(debug_assertions)]
pub(super) fn note(cx: &mut Context, argument: &'static str) {
    let argument = short(argument);
    match cx.get_mut::<Rejected>() {
        Some(Rejected(arguments)) => arguments.push(argument),
        None => cx.set(Rejected(vec![argument])),
    }
}

/// A release build makes no reports.
#[cfg(not(debug_assertions))]
pub(super) fn note(_: &mut Context, _: &'static str) {}
