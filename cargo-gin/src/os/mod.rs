//! Processes, ports and locks: the operating system's part.

pub(crate) mod exit;
mod group;
pub(crate) mod locks;
pub(crate) mod orphans;
pub(crate) mod ports;
pub(crate) mod process;
mod procfs;
pub(crate) mod reaper;
pub(crate) mod shim;
