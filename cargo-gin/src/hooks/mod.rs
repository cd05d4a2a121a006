//! Hooks: commands of the user's that run at certain times of an attempt, and end with it.
//!
//! `table` reads them in Cargo.toml as a plan, `process` runs one, and `messages` takes cargo's diagnostics out of its output.

mod messages;
mod plan;
mod process;
mod table;

pub(crate) use plan::{Hook, Hooks, When};
pub(crate) use process::{Failure, Outlets, Run};
pub(crate) use table::hooks;
