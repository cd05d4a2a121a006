//! The requests that a server completes in a second on one thread, and the CPU time of each.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use gin_bench::{Process, procfs};

use crate::Case;
use crate::servers::Server;

const TURN: Duration = Duration::from_millis(600);
const CONNECTIONS: usize = 16;

/// The best figures of a server's turns.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) cpu_micros: f64,
    pub(crate) per_second: f64,
}

/// Lets the servers take turns. Returns the best figures of each.
pub(crate) fn in_turns(case: &Case, rounds: u32) -> Result<Vec<Load>> {
    let mut best = vec![
        Load {
            cpu_micros: f64::INFINITY,
            per_second: 0.0,
        };
        Server::ALL.len()
    ];
    for _ in 0..rounds {
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
    let before = procfs::cpu_time(process.id())?;
    let requests = thread::scope(|scope| -> Result<u32> {
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|_| scope.spawn(|| request_until(start + TURN, process.address(), case)))
            .collect();
        let mut requests = 0;
        for client in clients {
            requests += client.join().expect("a client does not panic")?;
        }
        Ok(requests)
    })?;
    let took = start.elapsed();
    let used = procfs::cpu_time(process.id())?.saturating_sub(before);
    process.end()?;
    Ok(Load {
        cpu_micros: used.as_secs_f64() * 1e6 / f64::from(requests),
        per_second: f64::from(requests) / took.as_secs_f64(),
    })
}

fn request_until(end: Instant, address: &str, case: &Case) -> Result<u32> {
    let mut client = case.connect(address)?;
    let mut requests = 0;
    while Instant::now() < end {
        client.request()?;
        requests += 1;
    }
    Ok(requests)
}
