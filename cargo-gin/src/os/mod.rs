//! The operating system: processes and their groups, ports, locks.
//!
//! `process` is a child that ends with everything it started: `group` is how, `reaper` does it if we are killed, `orphans` are
//! the processes that left the group, `jobs` is Ctrl-Z. `shim` starts an app, `notify` receives its report that it is ready,
//! `exit` is how it ended. `networks` are those of this machine, `descriptors` how many files it may have open. `data` is the
//! directory of this user's data, `room` the free space of a disk. `ports`, `locks` and `procfs` read what Linux shows in `/proc`, `connections` whether one of ours
//! was accepted.

pub(crate) mod connections;
pub(crate) mod data;
pub(crate) mod descriptors;
pub(crate) mod exit;
mod group;
#[cfg(unix)]
pub(crate) mod jobs;
pub(crate) mod line;
pub(crate) mod locks;
pub(crate) mod networks;
pub(crate) mod notify;
pub(crate) mod orphans;
pub(crate) mod ports;
pub(crate) mod process;
mod procfs;
pub(crate) mod reaper;
pub(crate) mod room;
pub(crate) mod shim;
