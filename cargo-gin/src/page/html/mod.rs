//! Pages as HTML, complete without JavaScript and without any other file.

mod circumstances;
mod dashboard;
mod frame;
mod incident;
mod lost;
mod markup;
mod panel;
mod phase;
mod problem;
mod source;
mod theme;

pub(crate) use dashboard::{comparison, dashboard, request};
pub(crate) use incident::document as incident;
pub(crate) use lost::document as lost;
#[cfg(fuzzing)]
pub(crate) use markup::output;
pub(crate) use panel::panel_json;
pub(crate) use phase::document;
pub(crate) use problem::problem;
