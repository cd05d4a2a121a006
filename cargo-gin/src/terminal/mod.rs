//! Phases as lines on the terminal.

mod browser;
mod human;
mod json;
mod keys;
mod run;

pub(crate) use run::{Browser, Orders, Terminal};
