//! Processes beside the app: a front end's server, a compiler of styles, a worker.
//!
//! `table` reads their tables in Cargo.toml as plans, `addresses` picks their ports, `process` starts one and waits until it is ready, and `supervisor` keeps
//! each of them running. Their requests are the proxy's work.

mod addresses;
mod binaries;
mod newer;
mod plan;
mod process;
mod supervisor;
mod table;

pub(crate) use addresses::Addresses;
pub(crate) use binaries::Publisher;
pub(crate) use plan::{Backoff, Plan};
pub(crate) use supervisor::{Channels, Supervisors};
pub(crate) use table::{Choice, is_option, plans};
