//! The time of an edit until the first response of the new code, and the CPU time of what watches, cargo, the compilers and the app, also of
//! what they do after it: `--fast` links the complete program then.
//!
//! Unlike the time, the CPU time can be compared on a machine that does other things as well.

use std::path::Path;

use anyhow::Result;
use gin_bench::Table;
use gin_bench::statistics::{least, median};

use crate::app::{App, Framework};
use crate::candidate::Candidate;
use crate::watcher::Program;

/// The number of edits before the first that counts: `--fast` knows a crate only after cargo has compiled it.
const FIRST: u32 = 2;

/// Measures the candidates in turns.
pub(crate) fn measure(cargo_gin: &Path, axum: &App, rounds: u32) -> Result<Table> {
    let mut candidates = candidates(cargo_gin, axum)?;
    for number in 1..=FIRST + rounds {
        eprintln!("edits: edit {number} of {}", FIRST + rounds);
        for candidate in &mut candidates {
            candidate.edit(number)?;
            if number == FIRST {
                candidate.forget();
            }
        }
    }
    Ok(table(&candidates, rounds))
}

/// The ways from a save to the response, the reference first. A program that is not installed is left out.
fn candidates(cargo_gin: &Path, axum: &App) -> Result<Vec<Candidate>> {
    let line_tables = App::create(Framework::AxumLineTables)?;
    let gin = App::create(Framework::Gin)?;
    let dev = |label, app, options| Candidate::dev(label, app, cargo_gin, options);
    let mut candidates = vec![Candidate::cargo("axum, `cargo build` and a start", axum)?];
    let watchers = [
        ("axum, watchexec", Program::Watchexec),
        ("axum, bacon", Program::Bacon),
    ];
    for (label, program) in watchers {
        match Candidate::watcher(label, axum, program) {
            Ok(candidate) => candidates.push(candidate),
            Err(error) => eprintln!("edits: left out {label}: {error:#}"),
        }
    }
    candidates.extend([
        dev("axum, `cargo gin dev`", axum, &[])?,
        dev("axum, `--fast`", axum, &["--fast"])?,
        dev("axum, line tables", &line_tables, &[])?,
        dev("axum, line tables, `--fast`", &line_tables, &["--fast"])?,
        dev("gin, line tables", &gin, &[])?,
        dev("gin, line tables, `--fast`", &gin, &["--fast"])?,
    ]);
    Ok(candidates)
}

fn table(candidates: &[Candidate], rounds: u32) -> Table {
    let [reference, cpu_reference] = candidates.first().map_or([1.0; 2], |first| {
        [
            median(first.times.iter().copied()),
            least(first.cpu_times.iter().copied()),
        ]
    });
    let rows = candidates.iter().map(|candidate| {
        let time = median(candidate.times.iter().copied());
        let cpu_time = least(candidate.cpu_times.iter().copied());
        vec![
            candidate.label.to_owned(),
            format!("{time:.0}"),
            format!("{:.2}", time / reference),
            format!("{cpu_time:.0}"),
            format!("{:.2}", cpu_time / cpu_reference),
        ]
    });
    let header = [
        "",
        "time, median, ms",
        "÷ the first",
        "CPU time, least, ms",
        "÷ the first",
    ];
    Table::new(
        format!("From a save to the first response of the new code, {rounds} edits in turns"),
        header,
        rows,
    )
}
