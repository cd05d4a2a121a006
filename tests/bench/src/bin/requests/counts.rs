//! Instructions and allocations of a request, counted by running a server under valgrind.

use anyhow::Result;
use gin_bench::Process;
use gin_bench::valgrind::Tool;

use crate::Case;
use crate::client::Client;
use crate::servers::Server;

/// The requests of both runs, which warm caches, lazy statics and buffers.
const WARM: u32 = 50;
/// The requests that the longer of two runs has more than the shorter.
const MORE: u32 = 1000;

/// Returns what `tool` counts for an average request.
pub(crate) fn per_request(tool: Tool, server: Server, case: &Case) -> Result<f64> {
    let short = count(tool, server, case, WARM)?;
    let long = count(tool, server, case, WARM + MORE)?;
    Ok(f64::from(u32::try_from(long - short)?) / f64::from(MORE))
}

fn count(tool: Tool, server: Server, case: &Case, requests: u32) -> Result<u64> {
    let mut command = tool.command()?;
    let process = Process::start(command.args(["serve", server.name()]))?;
    let mut client = Client::connect(process.address(), case)?;
    for _ in 0..requests {
        client.request()?;
    }
    drop(client);
    tool.count(&process.end()?)
}
