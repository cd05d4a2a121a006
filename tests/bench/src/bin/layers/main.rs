//! A layer of tower around a handler, on gin-core and on axum.
//!
//! ```console
//! $ cargo run --release -p gin-bench --bin layers
//! ```
//!
//! Each server has the same handler without a layer and behind each of the layers, at a path of its own. First the responses are
//! compared. The counts are those of a request on a kept-alive connection. They are the same under any load of the machine.
//!
//! `layers serve SERVER` is the program that is measured.

mod servers;

use std::env;

use anyhow::{Result, ensure};
use gin_bench::valgrind::{self, Tool};
use gin_bench::{Benchmark, Client, Process, Table, grouped};

use servers::{BODY, Server};

/// A path, and what the handler is behind there.
struct Case {
    name: &'static str,
    path: &'static str,
}

const CASES: [Case; 4] = [
    Case {
        name: "no layer",
        path: "/none",
    },
    Case {
        name: "`MapRequestLayer` that changes nothing",
        path: "/same",
    },
    Case {
        name: "`SetResponseHeaderLayer`",
        path: "/header",
    },
    Case {
        name: "`TraceLayer` without a subscriber",
        path: "/trace",
    },
];

/// The requests of the shorter and of the longer of two runs.
const RUNS: [u32; 2] = [50, 1050];

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", name] => Server::named(name)?.serve(),
        _ => Benchmark::Layers.main(1, |_| measure()),
    }
}

fn measure() -> Result<Vec<Table>> {
    compare()?;
    Ok(vec![
        table("Instructions of a request", Tool::Callgrind, |count| {
            grouped(&format!("{count:.0}"))
        })?,
        table("Allocations of a request", Tool::Memcheck, |count| {
            format!("{count:.1}")
        })?,
    ])
}

/// Makes sure that the servers respond alike.
fn compare() -> Result<()> {
    let responses = |server: Server| -> Result<Vec<Vec<String>>> {
        let mut command = server.command()?;
        let process = Process::start(&mut command)?;
        let paths = CASES.iter().map(|case| case.path);
        paths
            .map(|path| {
                let mut client = Client::connect(process.address(), path, BODY)?;
                Ok(facts(client.request()?))
            })
            .collect()
    };
    let [first, others @ ..] = Server::ALL;
    let expected = responses(first)?;
    for server in others {
        let found = responses(server)?;
        ensure!(
            found == expected,
            "the responses of {} differ: {found:#?} and {expected:#?}",
            server.label()
        );
    }
    Ok(())
}

/// The lines of a response that do not change with the time, in one order.
fn facts(response: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(response).into_owned();
    let mut lines: Vec<_> = text.lines().map(str::to_lowercase).collect();
    lines.retain(|line| !line.starts_with("date: "));
    lines.sort_unstable();
    lines
}

/// A table of what `tool` counts in every case, and of what a layer adds to that.
fn table(caption: &str, tool: Tool, text: fn(f64) -> String) -> Result<Table> {
    if !valgrind::is_installed() {
        return Ok(Table::not_measured(caption, valgrind::MISSING));
    }
    let mut rows = Vec::new();
    let mut bare = [0.0; Server::ALL.len()];
    for (index, case) in CASES.iter().enumerate() {
        eprintln!("layers: {} with {}", caption.to_lowercase(), case.name);
        let mut row = vec![case.name.to_owned()];
        for (server, bare) in Server::ALL.into_iter().zip(&mut bare) {
            let count = count(tool, server, case)?;
            match index {
                0 => {
                    *bare = count;
                    row.push(text(count));
                }
                _ => row.push(format!("+ {}", text((count - *bare).max(0.0)))),
            }
        }
        rows.push(row);
    }
    let header = [""].into_iter().chain(Server::ALL.map(Server::label));
    Ok(Table::new(caption, header, rows))
}

fn count(tool: Tool, server: Server, case: &Case) -> Result<f64> {
    tool.per_unit(&["serve", server.name()], RUNS, |address, requests| {
        let mut client = Client::connect(address, case.path, BODY)?;
        for _ in 0..requests {
            client.request()?;
        }
        Ok(requests)
    })
}
