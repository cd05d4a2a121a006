//! Pages as HTML, complete without JavaScript and without any other file.

mod dashboard;
mod frame;
mod incident;
mod look;
mod markup;
mod phase;
mod problem;
mod source;

pub(crate) use dashboard::dashboard;
pub(crate) use dashboard::request;
pub(crate) use incident::document as incident;
pub(crate) use phase::document;
pub(crate) use problem::problem;
