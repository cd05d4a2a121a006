//! How the app is started: with what only its own process can do before it becomes the app.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::{FLAG, command, exec, pass};
#[cfg(windows)]
pub(crate) use windows::{command, pass};
