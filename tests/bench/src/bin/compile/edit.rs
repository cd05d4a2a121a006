//! What is to be built again, and what `cargo build` takes for it.

use std::{fs, path::Path, process::Command, time::Instant};

use anyhow::{Context, Result, ensure};
use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeValLike,
};

use crate::{app::App, profile::Profile};

/// Why an app is built again.
#[derive(Clone, Copy)]
pub(crate) enum Cause {
    /// One line of this file has changed: the one that holds the marker.
    Edit(&'static str),
    /// What was built of the app itself is gone.
    Clean,
}

impl Cause {
    pub(crate) const ALL: [Cause; 3] =
        [Cause::Edit("main.rs"), Cause::Edit("m00.rs"), Cause::Clean];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Cause::Edit(file) => file,
            Cause::Clean => "clean",
        }
    }
}

/// What a build took, in seconds.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) wall: f64,
    /// Of all processes together.
    pub(crate) cpu: f64,
}

/// Cargo, in the workspace of the apps.
pub(crate) struct Cargo<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) profile: Profile,
}

impl Cargo<'_> {
    /// Brings the app up to date.
    pub(crate) fn build(&self, app: App) -> Result<Cost> {
        let (start, before) = (Instant::now(), cpu()?);
        self.run("build", app)?;
        Ok(Cost {
            wall: start.elapsed().as_secs_f64(),
            cpu: cpu()? - before,
        })
    }

    /// Builds the app for this cause.
    pub(crate) fn build_for(&self, cause: Cause, app: App, round: usize) -> Result<Cost> {
        match cause {
            Cause::Edit(file) => {
                let sources = self.folder.join(app.name()).join("src");
                edit(&sources.join(file), round)?;
            }
            Cause::Clean => self.run("clean", app)?,
        }
        self.build(app)
    }

    fn run(&self, command: &str, app: App) -> Result<()> {
        let status = Command::new("cargo")
            .args(["--quiet", command, "--package", app.name()])
            .args(["--profile", self.profile.name()])
            .current_dir(self.folder)
            .status()?;
        ensure!(status.success(), "cargo {command} of {} failed", app.name());
        Ok(())
    }
}

fn edit(path: &Path, round: usize) -> Result<()> {
    let text = fs::read_to_string(path)?;
    let is_edited = |line: &str| line.contains("// edited");
    let missing = || format!("{} has no line to edit", path.display());
    let line = text.lines().position(is_edited).with_context(missing)?;
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    lines[line] = format!("const EDITED: &str = \"round {round}\"; // edited");
    fs::write(path, lines.join("\n"))?;
    Ok(())
}

/// The processor time of all children that have ended.
#[expect(
    clippy::cast_precision_loss,
    reason = "no benchmark runs for 285 years"
)]
fn cpu() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let spent = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(spent as f64 / 1e6)
}
