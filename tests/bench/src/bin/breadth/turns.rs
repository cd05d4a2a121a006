//! The CPU time, the speed and the memory of a server during a load. The servers take turns.

use std::env;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use gin_bench::{Process, procfs};

use crate::case::Case;
use crate::material::Material;
use crate::server::Server;

const TURN: Duration = Duration::from_millis(800);

/// The figures of one turn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    /// Of each unit.
    pub(crate) cpu_micros: f64,
    pub(crate) per_second: f64,
    /// In bytes, since the server's start.
    pub(crate) peak: usize,
}

/// Starts a server in a process of its own.
pub(crate) fn start(server: Server, material: &Material) -> Result<Process> {
    let mut command = Command::new(env::current_exe()?);
    Process::start(
        command
            .args(["serve", server.name()])
            .arg(material.directory()),
    )
}

/// Measures a new server.
pub(crate) fn turn(server: Server, case: Case, material: &Material) -> Result<Turn> {
    let process = start(server, material)?;
    let address = process.address();
    let loads = (0..case.threads()).map(|_| case.load(address, case.connections()));
    let mut loads = loads.collect::<Result<Vec<_>>>()?;
    for load in &mut loads {
        load.run()?;
    }
    let before = procfs::cpu_time(process.id())?;
    let start = Instant::now();
    let units = thread::scope(|scope| -> Result<u32> {
        let clients = loads.iter_mut().map(|load| {
            scope.spawn(move || -> Result<u32> {
                let mut units = 0;
                while start.elapsed() < TURN {
                    units += load.run()?;
                }
                Ok(units)
            })
        });
        let clients: Vec<_> = clients.collect();
        let units = clients
            .into_iter()
            .map(|client| client.join().expect("a client does not panic"));
        units.sum()
    })?;
    let took = start.elapsed();
    let used = procfs::cpu_time(process.id())?.saturating_sub(before);
    let peak = procfs::peak_memory(process.id())?;
    process.end().context("the server ended early")?;
    Ok(Turn {
        cpu_micros: used.as_secs_f64() * 1e6 / f64::from(units),
        per_second: f64::from(units) / took.as_secs_f64(),
        peak,
    })
}
