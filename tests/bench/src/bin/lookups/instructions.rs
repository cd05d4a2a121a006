//! Instructions, counted by running this program again under callgrind.

use anyhow::Result;
use gin_bench::valgrind::Tool;

use crate::sets::Set;

/// The passes that the longer of two runs has more than the shorter. The difference leaves out start-up and loading.
const PASSES: u64 = 10;

/// Returns the instructions of an average lookup in `set`.
pub(crate) fn per_lookup(router: &str, set: &Set) -> Result<u64> {
    let (short, long) = (count(router, set, 1)?, count(router, set, 1 + PASSES)?);
    Ok((long - short) / (PASSES * set.paths.len() as u64))
}

fn count(router: &str, set: &Set, passes: u64) -> Result<u64> {
    let output = Tool::Callgrind
        .command()?
        .args(["run", router, set.name, &passes.to_string()])
        .output()?;
    Tool::Callgrind.count(&String::from_utf8_lossy(&output.stderr))
}
