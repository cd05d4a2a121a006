//! Starts an app, after the preparations that only its own process can make.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::{FLAG, command, exec, named_command, pass};
#[cfg(windows)]
pub(crate) use windows::{command, named_command, pass};
