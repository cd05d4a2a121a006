//! Requests to gin-core, to bare hyper and to other frameworks.
//!
//! ```console
//! $ cargo run --release -p gin-bench --bin requests [-- ROUNDS]
//! ```
//!
//! Each count takes two runs of one server. The longer run has more requests on its one kept-alive connection, and the
//! difference leaves out the start. For the times the servers take turns, one at a time, each on one thread. In the end
//! each server gets 10,000 connections, or as many as `ulimit -n` allows, that are used once and stay open.
//!
//! `requests idle` measures only those connections. `requests serve SERVER` is the program that is measured.

mod client;
mod counts;
mod idle;
mod load;
mod servers;

use std::env;
use std::io::{Write, stdout};

use anyhow::Result;
use gin_bench::valgrind::{self, Tool};
use gin_bench::{Benchmark, Table, grouped};

use load::Load;
use servers::Server;

/// A request and the response to it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    /// The end of the response.
    pub(crate) body: &'static str,
}

const CASES: [Case; 3] = [
    Case {
        name: "plaintext",
        path: "/plaintext",
        body: "Hello, World!",
    },
    Case {
        name: "JSON",
        path: "/json",
        body: "{\"message\":\"Hello, World!\"}",
    },
    Case {
        name: "`/hello/:name` behind 3 middleware",
        path: "/hello/gopher",
        body: "Hello, gopher!",
    },
];

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", name] => Server::named(name)?.serve(),
        ["idle"] => Ok(write!(stdout(), "{}", idle::measure(&CASES[0])?)?),
        _ => Benchmark::Requests.main(5, measure),
    }
}

fn measure(rounds: u32) -> Result<Vec<Table>> {
    let mut figures = Vec::new();
    for case in &CASES {
        figures.push(Figures::of(case, rounds)?);
    }
    let idle = idle::measure(&CASES[0])
        .unwrap_or_else(|error| Table::not_measured(idle::CAPTION, format_args!("{error:#}")));
    Ok(vec![
        counts("Instructions of a request", &figures, |figures| {
            let counts = figures.instructions.as_deref()?.iter();
            Some(
                counts
                    .map(|count| grouped(&format!("{count:.0}")))
                    .collect(),
            )
        }),
        counts("Allocations of a request", &figures, |figures| {
            let counts = figures.allocations.as_deref()?.iter();
            Some(counts.map(|count| format!("{count:.1}")).collect())
        }),
        table(
            format!("CPU time of a request, µs, least of {rounds}"),
            &figures,
            |load| format!("{:.2}", load.cpu_micros),
        ),
        table(
            format!("Requests per second, most of {rounds}"),
            &figures,
            |load| grouped(&format!("{:.0}", load.per_second)),
        ),
        idle,
    ])
}

/// The figures of one case, for each of [`Server::ALL`].
struct Figures {
    case: &'static Case,
    loads: Vec<Load>,
    /// None without valgrind.
    instructions: Option<Vec<f64>>,
    /// None without valgrind.
    allocations: Option<Vec<f64>>,
}

impl Figures {
    fn of(case: &'static Case, rounds: u32) -> Result<Figures> {
        eprintln!("requests: {}", case.path);
        let loads = load::in_turns(case, rounds)?;
        let has_valgrind = valgrind::is_installed();
        let count = |tool| {
            let counts = Server::ALL.map(|server| counts::per_request(tool, server, case));
            counts.into_iter().collect::<Result<Vec<_>>>()
        };
        let count = |tool| has_valgrind.then(|| count(tool)).transpose();
        Ok(Figures {
            case,
            loads,
            instructions: count(Tool::Callgrind)?,
            allocations: count(Tool::Memcheck)?,
        })
    }

    fn row(&self, cells: impl IntoIterator<Item = String>) -> Vec<String> {
        let label = self.case.name.to_owned();
        [label].into_iter().chain(cells).collect()
    }
}

/// A table of counts, which `cells` has for every case or, without valgrind, for none.
fn counts(
    caption: &str,
    figures: &[Figures],
    cells: impl Fn(&Figures) -> Option<Vec<String>>,
) -> Table {
    let rows: Option<Vec<_>> = figures
        .iter()
        .map(|figures| Some(figures.row(cells(figures)?)))
        .collect();
    match rows {
        Some(rows) => Table::new(caption, header(), rows),
        None => Table::not_measured(caption, valgrind::MISSING),
    }
}

fn table(caption: String, figures: &[Figures], cell: impl Fn(&Load) -> String) -> Table {
    let rows = figures
        .iter()
        .map(|figures| figures.row(figures.loads.iter().map(&cell)));
    Table::new(caption, header(), rows)
}

/// The columns of all tables.
fn header() -> impl Iterator<Item = &'static str> {
    [""].into_iter().chain(Server::ALL.map(Server::label))
}
