//! What connections take that ask for nothing, and how soon a request is answered beside them.

use std::{
    fs,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{
    Case,
    client::{Client, Process},
    servers::Server,
};

const CONNECTIONS: usize = 10_000;
/// How many requests are timed.
const REQUESTS: usize = 100;
/// Files and sockets that a program has open besides.
const OTHERS: usize = 100;

/// A server with connections that were used once.
pub(crate) struct Idle {
    pub(crate) connections: usize,
    /// The most memory that the server ever had, in octets.
    pub(crate) peak: usize,
    /// Of that, what each connection added.
    pub(crate) each: usize,
    /// The slowest request on a new connection.
    pub(crate) new: Duration,
    /// The slowest request on one of the idle connections.
    pub(crate) old: Duration,
}

pub(crate) fn measure(server: Server, case: &Case) -> Result<Idle> {
    let mut command = Command::new(std::env::current_exe()?);
    let process = Process::start(command.args(["serve", server.name()]))?;
    let connect = || -> Result<Client> {
        let mut client = Client::connect(&process.address, case)?;
        client.ask()?;
        Ok(client)
    };
    drop(connect()?);
    let before = peak(process.id())?;
    let connections = CONNECTIONS.min(descriptors()? - OTHERS);
    let mut clients = Vec::with_capacity(connections);
    for _ in 0..connections {
        clients.push(connect()?);
    }
    let peak = peak(process.id())?;
    let new = slowest((0..REQUESTS).map(|_| connect().map(drop)))?;
    let old = slowest(clients.iter_mut().take(REQUESTS).map(Client::ask))?;
    process.end()?;
    Ok(Idle {
        connections,
        peak,
        each: (peak - before) / connections,
        new,
        old,
    })
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

/// The most memory that a process ever had, in octets (proc(5), `status`).
fn peak(process: u32) -> Result<usize> {
    let kilobytes = number(&format!("/proc/{process}/status"), "VmHWM:")?;
    Ok(kilobytes << 10)
}

/// How many files and sockets a process may have open (proc(5), `limits`).
fn descriptors() -> Result<usize> {
    number("/proc/self/limits", "Max open files")
}

/// The first number behind `label`.
fn number(file: &str, label: &str) -> Result<usize> {
    let text = fs::read_to_string(file)?;
    let line = text.lines().find_map(|line| line.strip_prefix(label));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.with_context(|| format!("{file} has no number for {label}"))
}
