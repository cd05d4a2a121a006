//! The `cargo-gin` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_gin::main()
}
