//! Instructions of a unit of work, counted by running a server under valgrind.

use anyhow::Result;
use gin_bench::valgrind::Tool;

use crate::case::Case;
use crate::material::Material;
use crate::server::Server;

/// Returns what `tool` counts for an average unit.
pub(crate) fn per_unit(tool: Tool, server: Server, case: Case, material: &Material) -> Result<f64> {
    let arguments = [
        "serve".as_ref(),
        server.name().as_ref(),
        material.directory().as_os_str(),
    ];
    tool.per_unit(&arguments, case.counted_runs(), |address, runs| {
        let mut load = case.load(address, 1)?;
        let mut units = 0;
        for _ in 0..runs {
            units += load.run()?;
        }
        Ok(units)
    })
}
