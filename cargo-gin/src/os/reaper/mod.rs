//! The reaper, which ends the processes that we started if we are killed.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::{Reaper, Registration, own_executable, reap};
#[cfg(windows)]
pub(crate) use windows::{Reaper, Registration};
