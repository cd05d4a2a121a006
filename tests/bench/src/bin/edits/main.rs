//! From a save to the first response of the new code: `cargo gin dev` beside `cargo build` and a start of the app, in turns.
//! Then the CPU time of an edit under `--fast`, with line tables and on gin-core. Then the cost of an idle `cargo gin dev` in a workspace of 5,000 files.
//!
//! ```console
//! $ cargo run --release -p gin-bench --bin edits [-- ROUNDS]
//! ```

mod app;
mod cost;
mod idle;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use gin_bench::dev::{self, Dev};
use gin_bench::statistics::median;
use gin_bench::{Benchmark, Table};

use app::{App, Framework};

fn main() -> Result<()> {
    Benchmark::Edits.main(10, measure)
}

fn measure(rounds: u32) -> Result<Vec<Table>> {
    let cargo_gin = dev::cargo_gin()?;
    let app = App::create(Framework::Axum)?;
    let edits = edits(&cargo_gin, &app, rounds)?;
    let cost = cost::measure(&cargo_gin, &app, rounds)
        .unwrap_or_else(|error| Table::not_measured(cost::CAPTION, format_args!("{error:#}")));
    let idle = idle::measure(&cargo_gin, &app)
        .unwrap_or_else(|error| Table::not_measured(idle::CAPTION, format_args!("{error:#}")));
    Ok(vec![edits, cost, idle])
}

fn edits(cargo_gin: &Path, app: &App, rounds: u32) -> Result<Table> {
    let (mut bare, mut dev) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        eprintln!("edits: round {} of {rounds}", round + 1);
        bare.push(app.build_and_start(round * 2 + 1)?);
        let server = Dev::start(cargo_gin, app.directory())?;
        server.wait_for(&app::version(round * 2 + 1))?;
        dev.push(edit(&server, app, round * 2 + 2)?);
    }
    let [bare, dev] = [bare, dev].map(|times| median(times.into_iter().map(millis)));
    Ok(Table::new(
        format!("From a save to the first response of the new code, median of {rounds}"),
        ["", "ms"],
        [
            ("`cargo build`, then a start of the app", bare),
            ("`cargo gin dev`", dev),
            ("difference", dev - bare),
        ]
        .map(|(label, millis)| vec![label.to_owned(), format!("{millis:.1}")]),
    ))
}

/// Returns the time from a save to the first response of the new code.
fn edit(server: &Dev, app: &App, number: u32) -> Result<Duration> {
    let since = Instant::now();
    app.edit(number)?;
    server.wait_for(&app::version(number))?;
    Ok(since.elapsed())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
