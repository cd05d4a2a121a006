//! Live reload: a script is appended to the app's pages, and keeps them up to date.

mod appended;
mod document;
mod policy;
mod worker;

pub(crate) use document::{Edition, Reload};
#[cfg(fuzzing)]
pub(crate) use policy::{Needs, allow_script};
pub(crate) use worker::WorkerNotice;
