//! rustc's graph of an app after an edit, which it reads and writes as a whole at each build. The number of its nodes does not depend
//! on the load of the machine.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use gin_bench::{Table, grouped};

use crate::above;
use crate::app::{App, Framework, Size};
use crate::edit::Cargo;

/// The baseline and the two ways to write routes on gin-core.
const FRAMEWORKS: [Framework; 3] = [Framework::Baseline, Framework::Gin, Framework::Attributes];

/// The text before the number in what rustc prints.
const COUNT: &str = "Total Node Count:";

/// Counts the nodes of the apps of medium size after an edit of each file.
pub(crate) fn measure(cargo: &Cargo<'_>) -> Result<Table> {
    let apps = FRAMEWORKS.map(|framework| App::new(framework, Size::Medium));
    for app in apps {
        eprintln!("compile: graph of {}", app.name());
        nodes(app, cargo)?;
    }
    let caption = format!(
        "Nodes of rustc's graph after an edit of an app with {} handlers (`-Zincremental-info`)",
        Size::Medium.handler_count()
    );
    above::table(
        caption,
        &apps,
        |count| grouped(&count),
        |cause, app| {
            eprintln!("compile: graph of {}, {}", app.name(), cause.label());
            cargo.prepare(cause, app, 0)?;
            nodes(app, cargo)
        },
    )
}

/// Builds the app, and returns the number of nodes that rustc keeps for the next build.
fn nodes(app: App, cargo: &Cargo<'_>) -> Result<u64> {
    let output = Command::new("cargo")
        .args(["rustc", "--package", app.name()])
        .args(["--profile", cargo.profile.name(), "--"])
        .args(["-Zincremental-info", "--allow=warnings"])
        // The option is not stable.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_INCREMENTAL", "1")
        .current_dir(cargo.directory)
        .output()
        .context("cannot run cargo")?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let built = output.status.success();
    ensure!(built, "cargo rustc of {} failed: {text}", app.name());
    count_in(&text).with_context(|| format!("rustc printed no count of {}: {text}", app.name()))
}

/// Returns the number of nodes in what rustc prints.
fn count_in(text: &str) -> Option<u64> {
    let (_, rest) = text.split_once(COUNT)?;
    rest.lines().next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_from_the_statistics() {
        let text = "[incremental] DEP GRAPH STATISTICS\n[incremental] Total Node Count: 488141\n\
                    [incremental] Total Edge Count: 2912005\n";
        assert_eq!(count_in(text), Some(488_141));
        assert_eq!(count_in("    Finished `tuned` profile"), None);
    }
}
