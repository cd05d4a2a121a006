//! rustc's suggestions as edits of files: chosen by id, applied only if the file has not changed, and undone.
//!
//! ```text
//! choice ─► suggestion ─► edit      selects the edits and computes the new text, without I/O
//!                          │
//!                        fixer ─► rewrite   writes all files or none, and undoes it
//! ```

mod choice;
mod edit;
mod fixer;
mod refused;
mod rewrite;
mod step;
mod suggestion;

pub(crate) use choice::Choice;
pub(crate) use fixer::{Fixed, Fixer, Order, Task};
pub(crate) use refused::Refused;
pub(crate) use rewrite::{Rewrite, RewriteError, TEMPORARY_FILE, rewrite};
pub(crate) use suggestion::{Confidence, Offer, offers, sure_offers, verdict};

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod real;
#[cfg(test)]
mod tests;
