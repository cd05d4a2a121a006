//! What a request costs, counted by running a server under valgrind.

use std::process::Command;

use anyhow::{Context, Result};

use crate::{
    Case,
    client::{Client, Process},
    servers::Server,
};

/// What both runs answer, so that caches, lazy statics and buffers are warm.
const WARM: u32 = 50;
/// What the longer of two runs answers besides.
const MORE: u32 = 1000;

/// Instructions of a request; none without valgrind.
pub(crate) fn instructions(server: Server, case: &Case) -> Result<Option<f64>> {
    let options = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];
    difference(server, case, &options, "Collected : ")
}

/// Allocations of a request; none without valgrind.
pub(crate) fn allocations(server: Server, case: &Case) -> Result<Option<f64>> {
    let options = [
        "--tool=memcheck",
        "--leak-check=no",
        "--undef-value-errors=no",
    ];
    difference(server, case, &options, "total heap usage: ")
}

fn difference(server: Server, case: &Case, options: &[&str], label: &str) -> Result<Option<f64>> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Ok(None);
    }
    let short = count(server, case, options, label, WARM)?;
    let long = count(server, case, options, label, WARM + MORE)?;
    Ok(Some((long - short) / f64::from(MORE)))
}

/// The number that valgrind writes behind `label`.
fn count(server: Server, case: &Case, options: &[&str], label: &str, requests: u32) -> Result<f64> {
    let mut command = Command::new("valgrind");
    command.args(options).arg(std::env::current_exe()?);
    let process = Process::start(command.args(["serve", server.name()]))?;
    let mut client = Client::connect(&process.address, case)?;
    for _ in 0..requests {
        client.ask()?;
    }
    drop(client);
    let said = process.end()?;
    let number = said.lines().find_map(|line| line.split_once(label));
    let (_, number) = number.with_context(|| format!("valgrind said: {said}"))?;
    let digits: String = number
        .chars()
        .take_while(|c| *c != ' ')
        .filter(char::is_ascii_digit)
        .collect();
    Ok(digits.parse()?)
}
