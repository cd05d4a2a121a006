//! rustc's suggestions as edits of files: chosen by id, made only where nothing has changed, and undone.
//!
//! ```text
//! choice ─► suggestion ─► edit      which edits are meant, and the text with them: pure
//!                          │
//!                        fixer ─► rewrite   makes them, all or none, and takes them back
//! ```

mod choice;
mod edit;
mod fixer;
mod refused;
mod rewrite;
mod suggestion;

pub(crate) use choice::Choice;
pub(crate) use fixer::{Fixed, Fixer, Order, Task};
pub(crate) use refused::Refused;
pub(crate) use suggestion::{Confidence, Offer, offers, sure_offers, verdict};

#[cfg(test)]
mod bench;
#[cfg(test)]
mod tests;
