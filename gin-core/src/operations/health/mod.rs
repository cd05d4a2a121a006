//! Health: checks of what the app depends on, and the probes that run them.

mod checks;
mod group;
mod probe;
mod report;

pub use checks::{CheckOutput, Health};
