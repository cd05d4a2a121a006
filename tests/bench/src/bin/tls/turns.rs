//! The CPU time and the speed of a server during a load. The servers take turns.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use gin_bench::procfs;

use crate::case::Case;
use crate::identity::Identity;
use crate::server::Server;

const TURN: Duration = Duration::from_millis(800);

/// The figures of one turn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    /// Of each unit.
    pub(crate) cpu_micros: f64,
    pub(crate) per_second: f64,
}

/// Measures a new server.
pub(crate) fn turn(server: Server, case: Case, identity: &Identity) -> Result<Turn> {
    let process = server.start(identity)?;
    let loads = (0..case.threads()).map(|_| case.load(process.address(), identity));
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
    process.end()?;
    Ok(Turn {
        cpu_micros: used.as_secs_f64() * 1e6 / f64::from(units),
        per_second: f64::from(units) / took.as_secs_f64(),
    })
}
