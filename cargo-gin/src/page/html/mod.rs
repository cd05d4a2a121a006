//! Phases as HTML, complete without JavaScript and without any other file.

mod building;
mod builds;
mod calls;
mod crash;
mod dashboard;
mod diagnostic;
mod document;
mod incident;
mod listing;
mod look;
mod markup;
mod meaning;
mod request;
mod requests;
mod routes;
mod said;
mod source;
mod special;
mod waiting;

pub(crate) use dashboard::dashboard;
pub(crate) use document::{document, problem};
pub(crate) use incident::document as incident;
pub(crate) use request::request;
