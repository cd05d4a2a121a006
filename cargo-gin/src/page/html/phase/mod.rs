//! The page of a phase: the progress of a build, its diagnostics, a crash, or an app that starts.

pub(crate) mod building;
mod calls;
mod crash;
mod diagnostic;
mod document;
pub(crate) mod listing;
mod meaning;
pub(crate) mod panic;
mod said;
pub(crate) mod special;
mod waiting;

pub(crate) use document::document;
