//! Instructions of a unit of work, counted by running a server under valgrind.

use anyhow::Result;
use gin_bench::Process;
use gin_bench::valgrind::Tool;

use crate::case::Case;
use crate::material::Material;
use crate::server::Server;

/// Returns the instructions of an average unit.
pub(crate) fn per_unit(server: Server, case: Case, material: &Material) -> Result<f64> {
    let [shorter, longer] = case.counted_runs();
    let (few, instructions) = count(server, case, material, shorter)?;
    let (many, all) = count(server, case, material, longer)?;
    let instructions = all.saturating_sub(instructions) >> 10;
    let kibi = u32::try_from(instructions)?;
    Ok(f64::from(kibi) * 1024.0 / f64::from(many - few))
}

/// Returns the units of so many runs, and the instructions of the whole server.
fn count(server: Server, case: Case, material: &Material, runs: u32) -> Result<(u32, u64)> {
    let mut command = Tool::Callgrind.command()?;
    let command = command.args(["serve", server.name()]);
    let process = Process::start(command.arg(material.directory()))?;
    let mut load = case.load(process.address(), 1)?;
    let mut units = 0;
    for _ in 0..runs {
        units += load.run()?;
    }
    drop(load);
    Ok((units, Tool::Callgrind.count(&process.end()?)?))
}
