//! Pages as HTML, complete without JavaScript and without any other file.

mod circumstances;
mod dashboard;
mod frame;
mod incident;
mod lost;
mod markup;
mod phase;
mod problem;
mod source;
mod theme;

pub(crate) use dashboard::{comparison, dashboard, request};
pub(crate) use incident::document as incident;
pub(crate) use lost::document as lost;
#[cfg(fuzzing)]
pub(crate) use markup::output;
pub(crate) use phase::document;
pub(crate) use problem::problem;
