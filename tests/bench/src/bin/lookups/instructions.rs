//! Instructions, counted by running this program again under callgrind.

use std::io::ErrorKind;
use std::process::Command;

use anyhow::{Context, Result};

use crate::sets::Set;

/// More passes in the longer of two runs than in the shorter; what both have, start-up and loading, falls out.
const PASSES: u64 = 10;

/// The instructions of an average look-up in `set`; none without valgrind.
pub(crate) fn per_look_up(router: &str, set: &Set) -> Result<Option<u64>> {
    let (Some(short), Some(long)) = (count(router, set, 1)?, count(router, set, 1 + PASSES)?)
    else {
        return Ok(None);
    };
    Ok(Some((long - short) / (PASSES * set.paths.len() as u64)))
}

fn count(router: &str, set: &Set, passes: u64) -> Result<Option<u64>> {
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?);
    let output = match valgrind
        .args(["run", router, set.name, &passes.to_string()])
        .output()
    {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        output => output.context("cannot run valgrind")?,
    };
    let text = String::from_utf8_lossy(&output.stderr);
    let count = text
        .lines()
        .find_map(|line| line.split_once("Collected : "))
        .with_context(|| format!("valgrind said: {text}"))?
        .1;
    Ok(Some(count.trim().parse()?))
}
