//! Remedies that a page offers as buttons: each a program with its arguments, without a shell, or a setting of this run.
//!
//! [`all`] looks for them when a page requests them, and again when one is ordered by its id: one that no longer holds is refused.
//! Nothing of a request becomes an argument.

mod crates;
mod files;
mod holder;
mod list;
mod remedy;
mod run;

pub(crate) use list::all;
pub(crate) use remedy::{Action, Remedy, Then};
pub(crate) use run::run;
