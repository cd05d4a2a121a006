//! Requests to `gin-core`, to bare hyper and to peers, side by side: `cargo run --release -p gin-bench --bin requests`.
//!
//! Instructions and allocations are counted by valgrind, where it is installed: two runs of one server, of which the longer
//! answers more requests on one kept-alive connection, so that start-up falls out. Times are taken in turns, one server
//! at a time, each on one thread. In the end each server gets ten thousand connections, or as many as `ulimit -n` lets it have, that
//! are used once and stay.

mod client;
mod idle;
mod load;
mod servers;
mod valgrind;

use std::io::{self, Write};

use anyhow::{Result, bail};
use servers::Server;

/// What is asked for.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    /// How the response ends.
    pub(crate) body: &'static str,
}

const CASES: [Case; 3] = [
    Case {
        name: "plaintext",
        path: "/plaintext",
        body: "Hello, World!",
    },
    Case {
        name: "json",
        path: "/json",
        body: "{\"message\":\"Hello, World!\"}",
    },
    Case {
        name: "param",
        path: "/hello/gopher",
        body: "Hello, gopher!",
    },
];

fn main() -> Result<()> {
    let args: Vec<_> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            let mut out = io::stdout().lock();
            report(&mut out)?;
            report_idle(&mut out)
        }
        ["idle"] => report_idle(&mut io::stdout().lock()),
        ["serve", name] => Server::named(name)?.serve(),
        _ => bail!(
            "requests takes nothing, or `idle` for that part; `requests serve SERVER` is what it measures"
        ),
    }
}

fn report(out: &mut impl Write) -> Result<()> {
    writeln!(
        out,
        "{:10} {:7}{:>14}{:>13}{:>12}{:>12}",
        "case", "server", "instructions", "allocations", "CPU µs", "requests/s"
    )?;
    for case in &CASES {
        let loads = load::in_turns(case)?;
        for (server, load) in Server::ALL.into_iter().zip(loads) {
            let instructions = shown(valgrind::instructions(server, case)?);
            let allocations = shown(valgrind::allocations(server, case)?);
            writeln!(
                out,
                "{:10} {:7}{instructions:>14}{allocations:>13}{:12.2}{:12.0}",
                case.name,
                server.name(),
                load.cpu_micros,
                load.per_second
            )?;
        }
    }
    Ok(())
}

fn report_idle(out: &mut impl Write) -> Result<()> {
    writeln!(
        out,
        "\n{:10} {:7}{:>14}{:>13}{:>12}{:>12}",
        "idle", "server", "peak KiB", "octets each", "new, ms", "old, ms"
    )?;
    for server in Server::ALL {
        let idle = idle::measure(server, &CASES[0])?;
        writeln!(
            out,
            "{:<10} {:7}{:14}{:13}{:12.2}{:12.2}",
            idle.connections,
            server.name(),
            idle.peak >> 10,
            idle.each,
            idle.new.as_secs_f64() * 1e3,
            idle.old.as_secs_f64() * 1e3
        )?;
    }
    Ok(())
}

fn shown(count: Option<f64>) -> String {
    count.map_or_else(|| "-".to_owned(), |count| format!("{count:.1}"))
}
