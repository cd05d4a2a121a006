//! Phases as lines on the terminal.

mod browser;
mod human;
mod json;
#[cfg(unix)]
mod keyboard;
mod keys;
mod reader;
mod run;

pub(crate) use human::announce;
pub(crate) use run::{Browser, Commands, Inputs, QuitReason, Terminal};
