//! Faults of dev servers that show old code, or stay broken after the mend, where plain `cargo build` does the right thing.

mod configuration;
mod directories;
mod generated;
mod links;
mod mends;
mod mounts;
mod packages;
mod polling;
mod relaunch;
mod scripts;
mod storms;
mod unreported;
