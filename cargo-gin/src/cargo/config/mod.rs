//! Cargo's configuration: arguments, variables and files. `cargo run` gives the app the variables of its `[env]` tables, and
//! starts it by its runner.
//!
//! <https://doc.rust-lang.org/cargo/reference/config.html>

mod content;
mod file;
mod layers;

pub(crate) use file::ConfigFile;
pub(crate) use layers::{Found, Layers};
