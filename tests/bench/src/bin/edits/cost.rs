//! The CPU time of an edit: that of the dev server, cargo, the compilers and the app until the first response of the new code.
//!
//! Unlike the time, it can be compared on a machine that does other things as well.

use std::path::Path;
use std::process::id;

use anyhow::Result;
use gin_bench::dev::Dev;
use gin_bench::statistics::{least, median};
use gin_bench::{Table, procfs};

use crate::app::{self, App, Framework};

pub(crate) const CAPTION: &str = "An edit: CPU time of everything that it needs";

/// The number of edits before the first that counts: `--fast` knows a crate only after cargo has compiled it.
const FIRST: u32 = 2;

/// A way from a save to the response, with a copy of the app for itself.
struct Candidate {
    label: &'static str,
    app: App,
    /// The dev server. `cargo build` has none.
    server: Option<Dev>,
    /// The CPU time of each edit, in ms.
    cpu_times: Vec<f64>,
}

/// Measures the candidates in turns.
pub(crate) fn measure(cargo_gin: &Path, axum: &App, rounds: u32) -> Result<Table> {
    let line_tables = App::create(Framework::AxumLineTables)?;
    let gin = App::create(Framework::Gin)?;
    let start = |label, app: &App, options: &[&str]| -> Result<Candidate> {
        let app = app.copy(if options.is_empty() { "dev" } else { "fast" })?;
        let server = Dev::start_with(cargo_gin, app.directory(), options)?;
        server.wait_for(&app::version(0))?;
        let server = Some(server);
        Ok(Candidate::new(label, app, server))
    };
    axum.edit(0)?;
    let bare = Candidate::new("axum, `cargo build` and a start", axum.copy("bare")?, None);
    let mut candidates = [
        start("axum", axum, &[])?,
        bare,
        start("axum, `--fast`", axum, &["--fast"])?,
        start("axum, line tables", &line_tables, &[])?,
        start("axum, line tables, `--fast`", &line_tables, &["--fast"])?,
        start("gin, line tables", &gin, &[])?,
        start("gin, line tables, `--fast`", &gin, &["--fast"])?,
    ];
    for number in 1..=FIRST + rounds {
        eprintln!("edits: CPU time, edit {number} of {}", FIRST + rounds);
        for candidate in &mut candidates {
            candidate.edit(number)?;
        }
    }
    let reference = least(candidates[0].cpu_times.iter().copied());
    let rows = candidates.into_iter().map(|candidate| {
        let times = candidate.cpu_times;
        let (least, median) = (least(times.iter().copied()), median(times));
        vec![
            candidate.label.to_owned(),
            format!("{least:.0}"),
            format!("{median:.0}"),
            format!("{:.2}", least / reference),
        ]
    });
    let header = ["", "least, ms", "median, ms", "least ÷ axum's"];
    Ok(Table::new(
        format!("{CAPTION}, {rounds} in turns"),
        header,
        rows,
    ))
}

impl Candidate {
    fn new(label: &'static str, app: App, server: Option<Dev>) -> Candidate {
        Candidate {
            label,
            app,
            server,
            cpu_times: Vec::new(),
        }
    }

    fn edit(&mut self, number: u32) -> Result<()> {
        let process = self.server.as_ref().map_or_else(id, Dev::id);
        let before = procfs::family_cpu_time(process)?;
        match &self.server {
            Some(server) => {
                self.app.edit(number)?;
                server.wait_for(&app::version(number))?;
            }
            None => {
                self.app.build_and_start(number)?;
            }
        }
        let cpu_time = procfs::family_cpu_time(process)?.saturating_sub(before);
        if number > FIRST {
            self.cpu_times.push(cpu_time.as_secs_f64() * 1e3);
        }
        Ok(())
    }
}
