//! Builds, their causes and their costs.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::app::App;
use crate::profile::Profile;

/// The reason why an app is built again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The marked line of this file has changed.
    Edit(&'static str),
    /// Nothing is built of the app itself.
    Clean,
}

impl Cause {
    pub(crate) const EDITS: [Cause; 2] = [Cause::Edit("main.rs"), Cause::Edit("m00.rs")];

    pub(crate) const ALL: [Cause; 3] = [Cause::EDITS[0], Cause::EDITS[1], Cause::Clean];

    /// The cause in the label of a row.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Cause::Edit("main.rs") => "a line of main.rs",
            Cause::Edit(_) => "a line of a module",
            Cause::Clean => "the whole crate",
        }
    }

    /// The rounds of this cause if an edit has `rounds`. Whole crates take long, and their differences are large.
    pub(crate) fn rounds(self, rounds: u32) -> u32 {
        match self {
            Cause::Edit(_) => rounds,
            Cause::Clean => rounds.div_ceil(4),
        }
    }
}

/// The cost of a build, in seconds.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) wall: f64,
    /// The CPU time of all processes.
    pub(crate) cpu: f64,
}

/// Cargo, in the workspace of the apps.
pub(crate) struct Cargo<'a> {
    pub(crate) directory: &'a Path,
    pub(crate) profile: Profile,
}

impl Cargo<'_> {
    /// Builds the app.
    pub(crate) fn build(&self, app: App) -> Result<Cost> {
        let (start, before) = (Instant::now(), cpu()?);
        self.run("build", app)?;
        Ok(Cost {
            wall: start.elapsed().as_secs_f64(),
            cpu: cpu()? - before,
        })
    }

    /// Prepares the app for this cause and builds it.
    pub(crate) fn build_for(&self, cause: Cause, app: App, round: u32) -> Result<Cost> {
        self.prepare(cause, app, round)?;
        self.build(app)
    }

    /// Edits the app, or removes all that is built of it.
    pub(crate) fn prepare(&self, cause: Cause, app: App, round: u32) -> Result<()> {
        match cause {
            Cause::Edit(file) => {
                let sources = self.directory.join(app.name()).join("src");
                edit(&sources.join(file), round)
            }
            Cause::Clean => self.run("clean", app),
        }
    }

    fn run(&self, command: &str, app: App) -> Result<()> {
        let status = Command::new("cargo")
            .args(["--quiet", command, "--package", app.name()])
            .args(["--profile", self.profile.name()])
            .current_dir(self.directory)
            .status()?;
        ensure!(status.success(), "cargo {command} of {} failed", app.name());
        Ok(())
    }
}

fn edit(path: &Path, round: u32) -> Result<()> {
    let text = fs::read_to_string(path)?;
    let is_edited = |line: &str| line.contains("// edited");
    let missing = || format!("{} has no line to edit", path.display());
    let line = text.lines().position(is_edited).with_context(missing)?;
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    lines[line] = format!("const EDITED: &str = \"round {round}\"; // edited");
    fs::write(path, lines.join("\n"))?;
    Ok(())
}

/// The CPU time of all children that have exited.
#[expect(
    clippy::cast_precision_loss,
    reason = "no benchmark runs for 285 years"
)]
fn cpu() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let spent = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(spent as f64 / 1e6)
}
