//! Keeps the app's pages up to date.

mod appended;
mod document;
mod policy;

#[cfg(fuzzing)]
pub(crate) use policy::{Needs, allow_script};
