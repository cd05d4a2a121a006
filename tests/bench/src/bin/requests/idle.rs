//! Memory of idle connections, and the time that a request takes beside them.

use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Result;
use gin_bench::{Client, Process, Table, grouped, procfs};

use crate::servers::Server;
use crate::{Case, header};

pub(crate) const CAPTION: &str = "Idle connections";

const CONNECTIONS: usize = 10_000;
/// The requests that are timed.
const REQUESTS: usize = 100;
/// The other files and sockets that a program has open.
const OTHERS: usize = 100;

/// A server with connections that were used once.
struct Idle {
    connections: usize,
    /// The most memory that the server ever had, in bytes.
    peak: usize,
    /// The part of it that each connection added, in bytes.
    each: usize,
    /// The slowest request on a new connection.
    new: Duration,
    /// The slowest request on one of the idle connections.
    old: Duration,
}

pub(crate) fn measure(case: &Case) -> Result<Table> {
    let mut servers = Vec::new();
    for server in Server::ALL {
        eprintln!("requests: idle connections to {}", server.name());
        servers.push(Idle::of(server, case)?);
    }
    let row = |label: &str, cell: fn(&Idle) -> String| {
        let cells = servers.iter().map(cell);
        [label.to_owned()].into_iter().chain(cells).collect()
    };
    let rows = [
        row("connections", |idle| grouped(&idle.connections)),
        row("peak memory, MiB", |idle| grouped(&(idle.peak >> 20))),
        row("memory of a connection, bytes", |idle| grouped(&idle.each)),
        row("slowest request on a new connection, ms", |idle| {
            format!("{:.2}", millis(idle.new))
        }),
        row("slowest request on an idle connection, ms", |idle| {
            format!("{:.2}", millis(idle.old))
        }),
    ];
    Ok(Table::new(CAPTION, header(), rows))
}

impl Idle {
    fn of(server: Server, case: &Case) -> Result<Idle> {
        let mut command = Command::new(env::current_exe()?);
        let process = Process::start(command.args(["serve", server.name()]))?;
        let connect = || -> Result<Client> {
            let mut client = case.connect(process.address())?;
            client.request()?;
            Ok(client)
        };
        drop(connect()?);
        let before = procfs::peak_memory(process.id())?;
        let connections = CONNECTIONS
            .min(descriptors()?.saturating_sub(OTHERS))
            .max(1);
        let mut clients = Vec::with_capacity(connections);
        for _ in 0..connections {
            clients.push(connect()?);
        }
        let peak = procfs::peak_memory(process.id())?;
        let new = slowest((0..REQUESTS).map(|_| connect().map(drop)))?;
        let old = slowest(
            clients
                .iter_mut()
                .take(REQUESTS)
                .map(|client| client.request().map(drop)),
        )?;
        process.end()?;
        Ok(Idle {
            connections,
            peak,
            each: (peak - before) / connections,
            new,
            old,
        })
    }
}

fn slowest(requests: impl Iterator<Item = Result<()>>) -> Result<Duration> {
    let mut slowest = Duration::ZERO;
    let mut start = Instant::now();
    for request in requests {
        request?;
        slowest = slowest.max(start.elapsed());
        start = Instant::now();
    }
    Ok(slowest)
}

/// The number of files and sockets that this process may have open (proc(5), `limits`).
fn descriptors() -> Result<usize> {
    procfs::number("/proc/self/limits", "Max open files")
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
