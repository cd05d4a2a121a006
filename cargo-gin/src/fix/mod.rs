//! rustc's suggestions as edits of files: chosen by id, made only where nothing has changed, and undone.

mod choice;
mod edit;
mod fixer;

pub(crate) use choice::Choice;
pub(crate) use edit::{edits, is_complete};
pub(crate) use fixer::{Fixer, Order, Task};
