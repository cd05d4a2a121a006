//! Cargo and rustc as commands, the toolchain and the runner, cargo's configuration, and the environment of both and of the app.

mod command;
mod config;
mod environment;
mod lines;
mod runner;
mod status_line;
mod toolchain;

pub(crate) use command::{command, features, resolution, unstartable};
pub(crate) use config::{ConfigFile, Found, Layers};
pub(crate) use environment::{Environment, home, of_package, scrub};
pub(crate) use lines::Lines;
pub(crate) use runner::{Platform, Runner};
pub(crate) use status_line::StatusLine;
pub(crate) use toolchain::Toolchain;
