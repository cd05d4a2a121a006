//! Phases as HTML, complete without JavaScript and without any other file.

mod builds;
mod dashboard;
mod document;
mod incident;
mod look;
mod markup;
mod phase;
mod request;
mod requests;
mod routes;
mod source;

pub(crate) use dashboard::dashboard;
pub(crate) use document::{document, problem};
pub(crate) use incident::document as incident;
pub(crate) use request::request;
