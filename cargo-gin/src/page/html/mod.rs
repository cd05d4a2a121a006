//! Pages as HTML, complete without JavaScript and without any other file.

mod dashboard;
mod frame;
mod incident;
mod markup;
mod phase;
mod problem;
mod source;
mod theme;

pub(crate) use dashboard::{dashboard, request};
pub(crate) use incident::document as incident;
#[cfg(fuzzing)]
pub(crate) use markup::output;
pub(crate) use phase::document;
pub(crate) use problem::problem;
