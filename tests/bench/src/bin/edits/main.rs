//! From a save to the first response of the new code: `cargo gin dev` beside `cargo build` and a start of the app, watchexec and bacon,
//! with and without `--fast`, on axum and on gin-core, in turns. Then the cost of an idle `cargo gin dev` in a workspace of 5,000 files.
//!
//! A program that is not installed is left out of the table.
//!
//! ```console
//! $ cargo run --release -p gin-bench --bin edits [-- ROUNDS]
//! ```

mod app;
mod candidate;
mod cost;
mod idle;
mod watcher;

use anyhow::Result;
use gin_bench::{Benchmark, Table, dev};

use app::{App, Framework};

fn main() -> Result<()> {
    Benchmark::Edits.main(10, measure)
}

fn measure(rounds: u32) -> Result<Vec<Table>> {
    let cargo_gin = dev::cargo_gin()?;
    let app = App::create(Framework::Axum)?;
    let cost = cost::measure(&cargo_gin, &app, rounds)?;
    let idle = idle::measure(&cargo_gin, &app)
        .unwrap_or_else(|error| Table::not_measured(idle::CAPTION, format_args!("{error:#}")));
    Ok(vec![cost, idle])
}
