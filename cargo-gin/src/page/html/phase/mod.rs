//! The page of a phase: the progress of a build, its diagnostics, a crash, or an app that starts.

pub(crate) mod building;
pub(crate) mod crash;
mod diagnostic;
mod diagnostics;
mod difference;
mod document;
mod explanation;
mod linker;
pub(crate) mod listing;
pub(crate) mod panic;
mod stack;
pub(crate) mod toolchain_errors;
mod waiting;

pub(crate) use diagnostic::{HEADLINE, Heading};
pub(crate) use document::document;
