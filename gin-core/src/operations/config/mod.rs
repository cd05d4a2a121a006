//! Settings: from a file, with tables for environments, and from variables of the environment.

mod error;
mod file;
mod layers;
mod loader;
mod secret;
mod unread;
mod variables;

pub use error::ConfigError;
pub(crate) use loader::log_warnings;
pub use loader::{Config, config};
pub use secret::Secret;
