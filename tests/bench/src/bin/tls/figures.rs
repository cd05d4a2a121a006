//! The figures of the servers, and their tables.

use anyhow::Result;
use gin_bench::statistics::median;
use gin_bench::valgrind::{self, Tool};
use gin_bench::{Table, grouped};

use crate::case::Case;
use crate::identity::Identity;
use crate::server::Server;
use crate::turns::{Turn, turn};

/// The tables of what valgrind counts.
pub(crate) fn counts(identity: &Identity) -> Result<Vec<Table>> {
    Ok(vec![
        count("Instructions", Tool::Callgrind, whole, identity)?,
        count("Allocations", Tool::Memcheck, tenths, identity)?,
    ])
}

fn count(caption: &str, tool: Tool, text: fn(f64) -> String, identity: &Identity) -> Result<Table> {
    if !valgrind::is_installed() {
        return Ok(Table::not_measured(caption, valgrind::MISSING));
    }
    let rows = Case::ALL.into_iter().map(|case| {
        eprintln!("tls: {} of {}", caption.to_lowercase(), case.label());
        let counts = Server::ALL.map(|server| per_unit(tool, server, case, identity).map(text));
        row(case, counts)
    });
    let rows = rows.collect::<Result<Vec<_>>>()?;
    Ok(Table::new(caption, header(), rows))
}

/// Returns what `tool` counts for an average unit.
fn per_unit(tool: Tool, server: Server, case: Case, identity: &Identity) -> Result<f64> {
    let arguments = [
        "serve".as_ref(),
        server.name().as_ref(),
        identity.directory().as_os_str(),
    ];
    tool.per_unit(&arguments, case.counted_runs(), |address, runs| {
        let mut load = case.load(address, identity)?;
        let mut units = 0;
        for _ in 0..runs {
            units += load.run()?;
        }
        Ok(units)
    })
}

/// The tables of times, the medians of so many rounds.
pub(crate) fn times(identity: &Identity, rounds: u32) -> Result<Vec<Table>> {
    let mut cpu = Vec::new();
    let mut speed = Vec::new();
    for case in Case::ALL {
        eprintln!("tls: {}", case.label());
        let turns = in_turns(case, identity, rounds)?;
        let cells = |figure: fn(&Turn) -> f64, text: fn(f64) -> String| {
            turns
                .each_ref()
                .map(|turns| Ok(text(median(turns.iter().map(figure)))))
        };
        cpu.push(row(case, cells(|turn| turn.cpu_micros, hundredths))?);
        speed.push(row(case, cells(|turn| turn.per_second, whole))?);
    }
    Ok(vec![
        Table::new(format!("CPU time, µs, median of {rounds}"), header(), cpu),
        Table::new(format!("Per second, median of {rounds}"), header(), speed),
    ])
}

/// The turns of each of [`Server::ALL`]. Another one begins each time.
fn in_turns(
    case: Case,
    identity: &Identity,
    rounds: u32,
) -> Result<[Vec<Turn>; Server::ALL.len()]> {
    let mut turns: [Vec<Turn>; Server::ALL.len()] = Default::default();
    for first in 0..rounds {
        let mut order: Vec<_> = Server::ALL.into_iter().zip(&mut turns).collect();
        let count = order.len();
        order.rotate_left(usize::try_from(first)? % count);
        for (server, turns) in order {
            turns.push(turn(server, case, identity)?);
        }
    }
    Ok(turns)
}

/// The columns of all tables.
pub(crate) fn header() -> impl Iterator<Item = &'static str> {
    [""].into_iter().chain(Server::ALL.map(Server::label))
}

fn row(case: Case, cells: impl IntoIterator<Item = Result<String>>) -> Result<Vec<String>> {
    let label = Ok(case.label().to_owned());
    [label].into_iter().chain(cells).collect()
}

fn whole(figure: f64) -> String {
    grouped(&format!("{figure:.0}"))
}

fn tenths(figure: f64) -> String {
    format!("{figure:.1}")
}

fn hundredths(figure: f64) -> String {
    format!("{figure:.2}")
}
