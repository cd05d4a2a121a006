//! Phases as HTML, complete without JavaScript and without any other file.

mod building;
mod builds;
mod calls;
mod crash;
mod dashboard;
mod diagnostic;
mod document;
mod excerpt;
mod files;
mod incident;
mod line;
mod listing;
mod look;
mod mark;
mod markup;
mod meaning;
mod nonce;
mod output;
mod place;
mod prose;
mod request;
mod requests;
mod routes;
mod rust;
mod said;
mod special;
mod suggestion;
mod syntax;
mod toml;
mod waiting;

pub(super) use dashboard::dashboard;
pub(super) use document::{document, problem};
pub(super) use incident::document as incident;
pub(super) use nonce::Nonce;
#[cfg(fuzzing)]
pub(crate) use output::output;
pub(super) use request::request;
