//! What ends the processes that we started, should we be killed.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::{Guard, Guarded, guard, own_executable};
#[cfg(windows)]
pub(crate) use windows::{Guard, Guarded};
