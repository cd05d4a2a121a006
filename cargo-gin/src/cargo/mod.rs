//! Cargo and rustc as commands, cargo's configuration, and the environment of both and of the app.

mod command;
mod config;
mod environment;
mod lines;
mod status_line;

pub(crate) use command::{Toolchain, command, features, resolution, unstartable};
pub(crate) use config::{ConfigFile, variables};
pub(crate) use environment::{Environment, home, of_package, scrub};
pub(crate) use lines::Lines;
pub(crate) use status_line::StatusLine;
