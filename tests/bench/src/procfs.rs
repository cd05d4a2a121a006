//! Figures that Linux keeps about processes (proc(5)).

use std::collections::BTreeMap;
use std::fs;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// The CPU time that all threads of a process have used.
///
/// # Errors
///
/// If `/proc` does not have the process, or does not have scheduler statistics.
pub fn cpu_time(process: u32) -> Result<Duration> {
    let tasks = format!("/proc/{process}/task");
    let mut nanos = 0;
    for task in fs::read_dir(&tasks).with_context(|| format!("cannot read {tasks}"))? {
        let text = fs::read_to_string(task?.path().join("schedstat"))?;
        let used = text
            .split_whitespace()
            .next()
            .context("schedstat is empty")?;
        nanos += used.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(nanos))
}

/// The CPU time that a process and all its descendants that have exited have used, in steps of 10 ms.
///
/// # Errors
///
/// If `/proc` does not have the process.
pub fn family_cpu_time(process: u32) -> Result<Duration> {
    /// The unit of the times. Linux reports it as 100 per second on every platform that Rust supports.
    const TICK: Duration = Duration::from_millis(10);
    let file = format!("/proc/{process}/stat");
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {file}"))?;
    // The name before the last parenthesis may hold anything.
    let (_, fields) = text.rsplit_once(')').context("there is no name")?;
    let times = fields.split_whitespace().skip(11).take(4);
    let times: Vec<u32> = times.map(str::parse).collect::<Result<_, _>>()?;
    Ok(TICK * times.iter().sum())
}

/// Waits until no descendant of a process has one of these names.
///
/// # Errors
///
/// If `/proc` cannot be read.
pub fn wait_for_end(process: u32, names: &[&str]) -> Result<()> {
    const PACE: Duration = Duration::from_millis(5);
    while has_descendant(process, names)? {
        thread::sleep(PACE);
    }
    Ok(())
}

fn has_descendant(process: u32, names: &[&str]) -> Result<bool> {
    let mut parents = BTreeMap::new();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").context("cannot read /proc")? {
        let id = entry?.file_name();
        let Some(id) = id.to_str().and_then(|id| id.parse::<u32>().ok()) else {
            continue;
        };
        // It may have ended meanwhile.
        let Ok(text) = fs::read_to_string(format!("/proc/{id}/stat")) else {
            continue;
        };
        let (head, fields) = text.rsplit_once(')').context("there is no name")?;
        let parent = fields.split_whitespace().nth(1);
        parents.insert(id, parent.context("there is no parent")?.parse::<u32>()?);
        let name = head.split_once('(').map_or("", |(_, name)| name);
        if names.contains(&name) {
            found.push(id);
        }
    }
    Ok(found.into_iter().any(|mut id| {
        while let Some(parent) = parents.get(&id) {
            if *parent == process {
                return true;
            }
            id = *parent;
        }
        false
    }))
}

/// The first number after `label` in a file.
///
/// # Errors
///
/// If the file cannot be read, or does not have that number.
pub fn number(file: &str, label: &str) -> Result<usize> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(label));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.with_context(|| format!("{file} has no number for {label}"))
}

/// The resident memory of a process, in MiB.
///
/// # Errors
///
/// If `/proc` does not have the process.
pub fn memory(process: u32) -> Result<f64> {
    let kib = number(&format!("/proc/{process}/status"), "VmRSS:")?;
    Ok(f64::from(u32::try_from(kib)?) / 1024.0)
}

/// The most memory that a process ever had, in bytes (proc(5), `status`).
///
/// # Errors
///
/// If `/proc` does not have the process.
pub fn peak_memory(process: u32) -> Result<usize> {
    let kib = number(&format!("/proc/{process}/status"), "VmHWM:")?;
    Ok(kib << 10)
}
