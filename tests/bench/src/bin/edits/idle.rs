//! The cost of `cargo gin dev` while nothing happens.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use gin_bench::dev::Dev;
use gin_bench::{Table, procfs};

use crate::app::App;

pub(crate) const CAPTION: &str = "`cargo gin dev`, idle for 10 s in a workspace of 5,000 files";

const TIME: Duration = Duration::from_secs(10);

/// The files that the workspace has besides the app's own.
const FILES: usize = 5000;

/// Fills the app's directory, starts the dev server there and observes it. Linux only.
pub(crate) fn measure(cargo_gin: &Path, app: &App) -> Result<Table> {
    fill(&app.directory().join("assets"))?;
    let dev = Dev::start(cargo_gin, app.directory())?;
    dev.wait_for("")?;
    eprintln!("edits: idle for {TIME:?}");
    // The dev server may still finish its start, which is not a part of idling.
    sleep(Duration::from_secs(1));
    let before = procfs::cpu_time(dev.id())?;
    sleep(TIME);
    let used = procfs::cpu_time(dev.id())?.saturating_sub(before);
    let percent = used.as_secs_f64() / TIME.as_secs_f64() * 1e2;
    let rows = [
        ("CPU time, % of a core", format!("{percent:.3}")),
        (
            "resident memory, MiB",
            format!("{:.1}", procfs::memory(dev.id())?),
        ),
    ];
    let rows = rows.map(|(label, figure)| vec![label.to_owned(), figure]);
    Ok(Table::new(CAPTION, ["", "idle"], rows))
}

fn fill(directory: &Path) -> Result<()> {
    for number in 0..FILES {
        let directory = directory.join(format!("{}/{}", number % 10, number % 250));
        fs::create_dir_all(&directory)?;
        fs::write(directory.join(format!("{number}.txt")), "text\n")?;
    }
    Ok(())
}
