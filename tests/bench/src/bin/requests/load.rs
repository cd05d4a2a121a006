//! How many requests a server answers on one thread, and what CPU time each takes.

use std::{
    fs,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{
    Case,
    client::{Client, Process},
    servers::Server,
};

/// How often the servers take turns.
const ROUNDS: usize = 5;
const TURN: Duration = Duration::from_millis(600);
const CONNECTIONS: usize = 16;

/// The best of a server's turns.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) cpu_micros: f64,
    pub(crate) per_second: f64,
}

/// The best turn of each server.
pub(crate) fn in_turns(case: &Case) -> Result<Vec<Load>> {
    let mut best = vec![
        Load {
            cpu_micros: f64::INFINITY,
            per_second: 0.0,
        };
        Server::ALL.len()
    ];
    for _ in 0..ROUNDS {
        for (server, best) in Server::ALL.into_iter().zip(&mut best) {
            let load = turn(server, case)?;
            best.cpu_micros = best.cpu_micros.min(load.cpu_micros);
            best.per_second = best.per_second.max(load.per_second);
        }
    }
    Ok(best)
}

fn turn(server: Server, case: &Case) -> Result<Load> {
    let mut command = Command::new(std::env::current_exe()?);
    let process = Process::start(command.args(["serve", server.name()]))?;
    let start = Instant::now();
    let before = cpu(process.id())?;
    let requests = thread::scope(|scope| -> Result<u32> {
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|_| scope.spawn(|| ask_until(start + TURN, &process.address, case)))
            .collect();
        let mut requests = 0;
        for client in clients {
            requests += client.join().expect("a client does not panic")?;
        }
        Ok(requests)
    })?;
    let took = start.elapsed();
    let used = cpu(process.id())?.saturating_sub(before);
    process.end()?;
    Ok(Load {
        cpu_micros: used.as_secs_f64() * 1e6 / f64::from(requests),
        per_second: f64::from(requests) / took.as_secs_f64(),
    })
}

fn ask_until(end: Instant, address: &str, case: &Case) -> Result<u32> {
    let mut client = Client::connect(address, case)?;
    let mut requests = 0;
    while Instant::now() < end {
        client.ask()?;
        requests += 1;
    }
    Ok(requests)
}

/// The CPU time that a process has used, of all its threads (proc(5), `schedstat`).
fn cpu(process: u32) -> Result<Duration> {
    let mut nanos = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        let text = fs::read_to_string(task?.path().join("schedstat"))?;
        let used = text
            .split_whitespace()
            .next()
            .context("schedstat has three numbers")?;
        nanos += used.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(nanos))
}
