//! One changed line, and the time that `cargo build` takes for it.

use std::{fs, path::Path, process::Command, time::Instant};

use anyhow::{Result, ensure};

use crate::app::App;

/// A line that is changed: the one that holds the marker.
pub(crate) struct Edit {
    pub(crate) file: &'static str,
}

pub(crate) const MAIN: Edit = Edit { file: "main.rs" };
pub(crate) const MODULE: Edit = Edit { file: "m00.rs" };

/// Brings the app up to date.
pub(crate) fn build(folder: &Path, app: App) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--package", app.name()]);
    let status = cargo.current_dir(folder).status()?;
    ensure!(status.success(), "{} does not build", app.name());
    Ok(())
}

/// Changes a line of the app and gives the seconds that building it takes.
pub(crate) fn timed(folder: &Path, app: App, edit: &Edit, round: usize) -> Result<f64> {
    let path = folder.join(app.name()).join("src").join(edit.file);
    let text = fs::read_to_string(&path)?;
    let is_edited = |line: &str| line.contains("// edited");
    ensure!(
        text.lines().any(is_edited),
        "{} has no line to edit",
        path.display()
    );
    let fresh = format!(
        "const EDITED: &str = \"round {round} of {}\"; // edited",
        edit.file
    );
    let changed: Vec<_> = text
        .lines()
        .map(|line| if is_edited(line) { &*fresh } else { line })
        .collect();
    fs::write(&path, changed.join("\n"))?;
    let start = Instant::now();
    build(folder, app)?;
    Ok(start.elapsed().as_secs_f64())
}
