//! What the dev server costs while nothing happens.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Context as _;

use crate::app::App;
use crate::dev::Dev;

/// How long it is watched.
pub(crate) const TIME: Duration = Duration::from_secs(10);

/// What was measured.
pub(crate) struct Idle {
    /// How many files the workspace has besides the app's own.
    pub(crate) files: usize,
    /// Processor time, in per cent of one core.
    pub(crate) processor: f64,
    /// Resident memory, in MiB.
    pub(crate) memory: f64,
}

/// Fills the app's folder, starts the dev server there and watches it. Linux only.
pub(crate) fn measure(cargo_gin: &Path, app: &App) -> anyhow::Result<Idle> {
    let files = fill(&app.folder().join("assets"))?;
    let dev = Dev::start(cargo_gin, app.folder())?;
    dev.wait_for("")?;
    // What starting has left to do is no part of idling.
    sleep(Duration::from_secs(1));
    let before = processor_time(dev.id())?;
    sleep(TIME);
    let used = processor_time(dev.id())?.saturating_sub(before);
    Ok(Idle {
        files,
        processor: used.as_secs_f64() / TIME.as_secs_f64() * 1e2,
        memory: memory(dev.id())?,
    })
}

fn fill(folder: &Path) -> anyhow::Result<usize> {
    for number in 0..5000 {
        let folder = folder.join(format!("{}/{}", number % 10, number % 250));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("{number}.txt")), "text\n")?;
    }
    Ok(5000)
}

/// The time that all threads were on a processor: `/proc/PID/task/*/schedstat`, in nanoseconds.
fn processor_time(id: u32) -> anyhow::Result<Duration> {
    let mut total = Duration::ZERO;
    for task in fs::read_dir(format!("/proc/{id}/task"))? {
        let stat = fs::read_to_string(task?.path().join("schedstat"))?;
        let nanos = stat.split(' ').next().context("schedstat is empty")?;
        total += Duration::from_nanos(nanos.parse()?);
    }
    Ok(total)
}

fn memory(id: u32) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: f64 = line
        .and_then(|line| line.trim().strip_suffix(" kB"))
        .context("there is no VmRSS")?
        .trim()
        .parse()?;
    Ok(kib / 1024.0)
}
