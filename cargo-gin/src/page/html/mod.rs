//! Phases as HTML, complete without JavaScript and without any other file.

mod document;
mod markup;
mod nonce;
mod output;

pub(super) use document::{document, problem};
pub(super) use nonce::Nonce;
