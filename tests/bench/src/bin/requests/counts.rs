//! Instructions and allocations of a request, counted by running a server under valgrind.

use anyhow::Result;
use gin_bench::valgrind::Tool;

use crate::Case;
use crate::servers::Server;

/// The requests of the shorter and of the longer of two runs. Both warm caches, lazy statics and buffers.
const RUNS: [u32; 2] = [50, 1050];

/// Returns what `tool` counts for an average request.
pub(crate) fn per_request(tool: Tool, server: Server, case: &Case) -> Result<f64> {
    tool.per_unit(&["serve", server.name()], RUNS, |address, requests| {
        let mut client = case.connect(address)?;
        for _ in 0..requests {
            client.request()?;
        }
        Ok(requests)
    })
}
