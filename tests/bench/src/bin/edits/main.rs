//! From a save to the first answer of the new code: `cargo gin dev` beside a bare `cargo build` and the app's own start,
//! in turns. Then what the dev server costs when nothing happens, in a workspace of 5,000 files.
//!
//! ```console
//! $ cargo run --release -p gin-bench --bin edits [-- ROUNDS]
//! ```

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

mod app;
mod dev;
mod idle;

use std::time::Duration;

use anyhow::Context as _;

use app::App;
use dev::Dev;

fn main() -> anyhow::Result<()> {
    let rounds = match std::env::args().nth(1) {
        Some(rounds) => rounds.parse().context("ROUNDS is a number")?,
        None => 10,
    };
    let cargo_gin = dev::cargo_gin()?;
    let app = App::create()?;
    let (mut bare, mut dev) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        bare.push(app.build_and_start(round * 2 + 1)?);
        let server = Dev::start(&cargo_gin, app.folder())?;
        server.wait_for(&app::version(round * 2 + 1))?;
        dev.push(server.edit(&app, round * 2 + 2)?);
    }
    let [bare, dev] = [bare, dev].map(median);
    println!("from a save to the first new answer, median of {rounds} each, in turns:");
    println!(
        "  cargo build, then the app's start  {:>8.1} ms",
        millis(bare)
    );
    println!(
        "  cargo gin dev                      {:>8.1} ms",
        millis(dev)
    );
    println!(
        "  more                               {:>8.1} ms",
        millis(dev) - millis(bare)
    );
    let idle = idle::measure(&cargo_gin, &app)?;
    println!(
        "idle in a workspace of {} files, over {:?}:",
        idle.files,
        idle::TIME
    );
    println!(
        "  processor                          {:>8.3} %",
        idle.processor
    );
    println!(
        "  memory                             {:>8.1} MiB",
        idle.memory
    );
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
