//! Pages as HTML, complete without JavaScript and without any other file.

mod dashboard;
mod document;
mod incident;
mod look;
mod markup;
mod phase;
mod source;

pub(crate) use dashboard::overview::dashboard;
pub(crate) use dashboard::request::request;
pub(crate) use document::{document, problem};
pub(crate) use incident::document as incident;
