//! Benchmarks of `cargo gin` and of gin-core. Each is a program in `src/bin` that prints a section of BENCHMARKS.md;
//! `cargo run --release -p gin-bench` runs them in turn and writes the file.
//!
//! This library holds what the programs share. It stays out of the code that is measured.

mod benchmark;
mod client;
pub mod dev;
mod document;
mod machine;
pub mod process;
pub mod procfs;
mod run;
mod section;
pub mod statistics;
mod table;
pub mod valgrind;

pub use benchmark::Benchmark;
pub use client::Client;
pub use document::Document;
pub use machine::Machine;
pub use process::Process;
pub use run::Run;
pub use section::Section;
pub use table::{Table, grouped};
