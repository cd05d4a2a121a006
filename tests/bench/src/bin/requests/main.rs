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
//! `requests count` only counts, and `requests idle` measures only those connections. `requests serve SERVER` is the program that is measured.

mod counts;
mod idle;
mod load;
mod servers;

use std::env;
use std::io::{Write, stdout};

use anyhow::Result;
use gin_bench::valgrind::{self, Tool};
use gin_bench::{Benchmark, Client, Table, grouped};

use load::Load;
use servers::Server;

/// A request and the response to it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    /// The end of the response.
    pub(crate) body: &'static str,
}

impl Case {
    pub(crate) fn connect(&self, address: &str) -> Result<Client> {
        Client::connect(address, self.path, self.body)
    }
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
        ["count"] => print(count()?),
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
    let mut tables = count()?;
    tables.extend([
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
    ]);
    Ok(tables)
}

fn print(tables: Vec<Table>) -> Result<()> {
    for table in tables {
        writeln!(stdout(), "{table}")?;
    }
    Ok(())
}

/// The tables of what valgrind counts, which does not depend on the load of the machine.
fn count() -> Result<Vec<Table>> {
    Ok(vec![
        counts("Instructions of a request", Tool::Callgrind, |count| {
            grouped(&format!("{count:.0}"))
        })?,
        counts("Allocations of a request", Tool::Memcheck, |count| {
            format!("{count:.1}")
        })?,
    ])
}

/// The figures of one case, for each of [`Server::ALL`].
struct Figures {
    case: &'static Case,
    loads: Vec<Load>,
}

impl Figures {
    fn of(case: &'static Case, rounds: u32) -> Result<Figures> {
        eprintln!("requests: {}", case.path);
        let loads = load::in_turns(case, rounds)?;
        Ok(Figures { case, loads })
    }
}

/// A table of what `tool` counts in every case.
fn counts(caption: &str, tool: Tool, cell: fn(f64) -> String) -> Result<Table> {
    if !valgrind::is_installed() {
        return Ok(Table::not_measured(caption, valgrind::MISSING));
    }
    let rows = CASES.iter().map(|case| {
        eprintln!("requests: {} {}", caption.to_lowercase(), case.path);
        let count = |server| counts::per_request(tool, server, case).map(cell);
        let cells = Server::ALL.into_iter().map(count);
        [Ok(case.name.to_owned())]
            .into_iter()
            .chain(cells)
            .collect()
    });
    let rows = rows.collect::<Result<Vec<_>>>()?;
    Ok(Table::new(caption, header(), rows))
}

fn table(caption: String, figures: &[Figures], cell: impl Fn(&Load) -> String) -> Table {
    let rows = figures
        .iter()
        .map(|figures| row(figures.case, figures.loads.iter().map(&cell)));
    Table::new(caption, header(), rows)
}

fn row(case: &Case, cells: impl IntoIterator<Item = String>) -> Vec<String> {
    let label = case.name.to_owned();
    [label].into_iter().chain(cells).collect()
}

/// The columns of all tables.
fn header() -> impl Iterator<Item = &'static str> {
    [""].into_iter().chain(Server::ALL.map(Server::label))
}
