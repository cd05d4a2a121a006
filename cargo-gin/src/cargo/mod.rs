//! Cargo and rustc as commands, cargo's configuration, and the environment of both and of the app.

mod command;
mod config;
mod environment;

pub(crate) use command::{Toolchain, command, features, missing, resolution};
pub(crate) use config::variables;
pub(crate) use environment::{Environment, home, of_package};
