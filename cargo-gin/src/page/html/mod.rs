//! Phases as HTML, complete without JavaScript and without any other file.

mod crash;
mod diagnostic;
mod document;
mod excerpt;
mod files;
mod line;
mod listing;
mod look;
mod mark;
mod markup;
mod nonce;
mod output;
mod prose;
mod rust;
mod said;
mod special;
mod suggestion;
mod syntax;
mod toml;
mod waiting;

pub(super) use document::{document, problem};
pub(super) use nonce::Nonce;
