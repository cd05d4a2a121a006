//! What is to be built again, and what `cargo build` takes for it.

use std::{fs, path::Path, process::Command, time::Instant};

use anyhow::{Context, Result, ensure};
use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeValLike,
};

use crate::app::App;

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

    /// Makes the app want a build.
    fn happen(self, folder: &Path, app: App, round: usize) -> Result<()> {
        match self {
            Cause::Edit(file) => edit(&folder.join(app.name()).join("src").join(file), round),
            Cause::Clean => cargo(folder, &["clean", "--package", app.name()]),
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

/// Brings the app up to date.
pub(crate) fn build(folder: &Path, app: App) -> Result<Cost> {
    let (start, before) = (Instant::now(), cpu()?);
    cargo(folder, &["build", "--package", app.name()])?;
    Ok(Cost {
        wall: start.elapsed().as_secs_f64(),
        cpu: cpu()? - before,
    })
}

/// Builds the app for this cause.
pub(crate) fn built_for(cause: Cause, folder: &Path, app: App, round: usize) -> Result<Cost> {
    cause.happen(folder, app, round)?;
    build(folder, app)
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

fn cargo(folder: &Path, arguments: &[&str]) -> Result<()> {
    let mut cargo = Command::new("cargo");
    let status = cargo
        .arg("--quiet")
        .args(arguments)
        .current_dir(folder)
        .status()?;
    ensure!(status.success(), "cargo {} failed", arguments.join(" "));
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
