//! A way from a save to the response.

use std::path::Path;
use std::process;
use std::time::{Duration, Instant};

use anyhow::Result;
use gin_bench::dev::Dev;
use gin_bench::procfs;

use crate::app::{self, App};
use crate::watcher::{Program, Watcher};

/// A way from a save to the response, with a copy of the app for itself.
pub(crate) struct Candidate {
    pub(crate) label: &'static str,
    app: App,
    runner: Runner,
    /// In ms.
    pub(crate) times: Vec<f64>,
    /// Of everything that the edit needs, with what is done after the response, in ms.
    pub(crate) cpu_times: Vec<f64>,
}

/// The program that builds and starts the app after a save.
enum Runner {
    /// This program calls `cargo build`, and starts the app.
    Cargo,
    Watcher(Watcher),
    Dev(Dev),
}

impl Candidate {
    pub(crate) fn cargo(label: &'static str, app: &App) -> Result<Candidate> {
        let app = app.copy("cargo")?;
        Ok(Candidate::new(label, app, Runner::Cargo))
    }

    /// Starts a program that watches. An error if it is not installed.
    pub(crate) fn watcher(label: &'static str, app: &App, program: Program) -> Result<Candidate> {
        let app = app.copy(&format!("{program:?}"))?;
        let watcher = Watcher::start(program, &app)?;
        watcher.wait_for(&app::version(0))?;
        Ok(Candidate::new(label, app, Runner::Watcher(watcher)))
    }

    /// Starts a dev server with more options.
    pub(crate) fn dev(
        label: &'static str,
        app: &App,
        cargo_gin: &Path,
        options: &[&str],
    ) -> Result<Candidate> {
        let app = app.copy(&format!("dev{}", options.concat()))?;
        let dev = Dev::start_with(cargo_gin, app.directory(), options)?;
        dev.wait_for(&app::version(0))?;
        Ok(Candidate::new(label, app, Runner::Dev(dev)))
    }

    fn new(label: &'static str, app: App, runner: Runner) -> Candidate {
        Candidate {
            label,
            app,
            runner,
            times: Vec::new(),
            cpu_times: Vec::new(),
        }
    }

    /// Saves the app with this version, and waits for its first response, and then for all that is still done.
    pub(crate) fn edit(&mut self, number: u32) -> Result<()> {
        const WORKERS: [&str; 2] = ["rustc", "gin-base"];
        let process = self.runner.process();
        let before = procfs::family_cpu_time(process)?;
        let time = self.runner.edit(&self.app, number)?;
        procfs::wait_for_end(process, &WORKERS)?;
        let cpu_time = procfs::family_cpu_time(process)?.saturating_sub(before);
        self.times.push(millis(time));
        self.cpu_times.push(millis(cpu_time));
        Ok(())
    }

    /// Forgets the edits so far.
    pub(crate) fn forget(&mut self) {
        self.times.clear();
        self.cpu_times.clear();
    }
}

impl Runner {
    /// The process whose descendants build and run the app.
    fn process(&self) -> u32 {
        match self {
            Runner::Cargo => process::id(),
            Runner::Watcher(watcher) => watcher.id(),
            Runner::Dev(dev) => dev.id(),
        }
    }

    /// Returns the time from a save to the first response of the new code.
    fn edit(&self, app: &App, number: u32) -> Result<Duration> {
        let since = Instant::now();
        let version = app::version(number);
        match self {
            Runner::Cargo => return app.build_and_start(number),
            Runner::Watcher(watcher) => {
                app.edit(number)?;
                watcher.wait_for(&version)?;
            }
            Runner::Dev(dev) => {
                app.edit(number)?;
                dev.wait_for(&version)?;
            }
        }
        Ok(since.elapsed())
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
