//! How cargo is called, what its configuration says, and the variables that it and the app get.

mod command;
mod config;
mod environment;

pub(crate) use command::{Toolchain, command, features, missing, resolution};
pub(crate) use config::variables;
pub(crate) use environment::{Environment, home, of_package};
