//! Requests per second, latency and CPU time. The proxies take turns.

use std::time::Duration;

use anyhow::{Context, Result};
use gin_bench::statistics::{median, percentile};
use gin_bench::{Table, grouped};
use tokio::runtime::Builder;

use crate::front::{Front, Running};
use crate::load::Load;

/// In bytes.
pub(crate) const LONGEST: usize = 10 << 20;

const TURN: Duration = Duration::from_secs(2);

/// The loads, each with the name of its row.
const LOADS: [(&str, Load); 5] = [
    ("1 connection, 1 KiB", load(1, 1 << 10)),
    ("32 connections, 1 KiB", load(32, 1 << 10)),
    ("256 connections, 1 KiB", load(256, 1 << 10)),
    ("32 connections, 100 KiB", load(32, 100 << 10)),
    ("4 connections, 10 MiB", load(4, LONGEST)),
];

const fn load(connections: usize, length: usize) -> Load {
    Load {
        connections,
        length,
    }
}

/// The figures of one turn.
struct Turn {
    per_second: f64,
    /// In µs.
    median: f64,
    /// In µs.
    slowest: f64,
    /// Of the proxy, for a request, in µs.
    cpu: f64,
}

/// A figure of a turn, the caption of its table, and its text.
struct Figure {
    caption: &'static str,
    of: fn(&Turn) -> f64,
    text: fn(f64) -> String,
}

const FIGURES: [Figure; 4] = [
    Figure {
        caption: "Requests per second",
        of: |turn| turn.per_second,
        text: whole,
    },
    Figure {
        caption: "Latency in µs, half of the requests",
        of: |turn| turn.median,
        text: whole,
    },
    Figure {
        caption: "Latency in µs, 99 % of the requests",
        of: |turn| turn.slowest,
        text: whole,
    },
    Figure {
        caption: "CPU time of the proxy for a request, µs",
        of: |turn| turn.cpu,
        text: |figure| format!("{figure:.1}"),
    },
];

/// A table of each figure, the medians of so many rounds.
pub(crate) fn tables(fronts: &[Running], rounds: u32) -> Result<Vec<Table>> {
    let measured: Vec<_> = LOADS
        .into_iter()
        .map(|(label, load)| {
            eprintln!("proxy: {label}");
            in_turns(fronts, load, rounds).with_context(|| label)
        })
        .collect::<Result<_>>()?;
    let tables = FIGURES.map(|figure| {
        let rows = LOADS.iter().zip(&measured).map(|((label, _), columns)| {
            let cells = fronts.iter().zip(columns).map(|(front, turns)| {
                let value = median(turns.iter().map(figure.of));
                match front.front {
                    Front::None if value == 0.0 => "-".to_owned(),
                    _ => (figure.text)(value),
                }
            });
            [(*label).to_owned()].into_iter().chain(cells).collect()
        });
        let header = fronts.iter().map(|front| front.front.label());
        let caption = format!("{}, median of {rounds}", figure.caption);
        Table::new(caption, [""].into_iter().chain(header), rows)
    });
    Ok(tables.into())
}

/// The turns of each of `fronts`. Another one begins each time.
fn in_turns(fronts: &[Running], load: Load, rounds: u32) -> Result<Vec<Vec<Turn>>> {
    let mut turns: Vec<Vec<Turn>> = fronts.iter().map(|_| Vec::new()).collect();
    for first in 0..rounds {
        let mut order: Vec<_> = fronts.iter().zip(&mut turns).collect();
        let count = order.len();
        order.rotate_left(usize::try_from(first)? % count);
        for (front, turns) in order {
            turns.push(turn(front, load)?);
        }
    }
    Ok(turns)
}

fn turn(front: &Running, load: Load) -> Result<Turn> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    // The first requests open the connections behind the proxy.
    runtime.block_on(load.run(&front.address, TURN / 10))?;
    let before = front.cpu_time()?;
    let outcome = runtime.block_on(load.run(&front.address, TURN))?;
    let used = front.cpu_time()?.saturating_sub(before);
    let count = f64::from(u32::try_from(outcome.micros.len())?);
    Ok(Turn {
        per_second: count / outcome.took.as_secs_f64(),
        median: percentile(&outcome.micros, 50),
        slowest: percentile(&outcome.micros, 99),
        cpu: used.as_secs_f64() * 1e6 / count,
    })
}

pub(crate) fn whole(figure: f64) -> String {
    grouped(&format!("{figure:.0}"))
}
