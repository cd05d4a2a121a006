//! The queue of file events, on the system that has one which can be looked at: Linux.

#[cfg(not(target_os = "linux"))]
mod absent;
#[cfg(target_os = "linux")]
mod alarm;
#[cfg(target_os = "linux")]
mod inotify;

#[cfg(not(target_os = "linux"))]
pub(super) use absent::{Alarm, Queue};
#[cfg(target_os = "linux")]
pub(super) use alarm::Alarm;
#[cfg(target_os = "linux")]
pub(super) use inotify::{Inotify, Queue};
