//! rustc's graph of an app after an edit, which it reads and writes as a whole at each build. The number of its nodes does not depend
//! on the load of the machine.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use gin_bench::{Table, grouped};

use crate::app::{App, Framework, Size};
use crate::edit::{Cargo, Cause};

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
    let mut rows = Vec::new();
    for cause in Cause::EDITS {
        let mut counts = [0; FRAMEWORKS.len()];
        for (count, app) in counts.iter_mut().zip(apps) {
            eprintln!("compile: graph of {}, {}", app.name(), cause.label());
            cargo.prepare(cause, app, 0)?;
            *count = nodes(app, cargo)?;
        }
        rows.push(row(cause.label(), counts));
    }
    let caption = format!(
        "Nodes of rustc's graph after an edit of an app with {} handlers (`-Zincremental-info`)",
        Size::Medium.handler_count()
    );
    let labels = FRAMEWORKS.map(Framework::label);
    let header = [""]
        .into_iter()
        .chain(labels)
        .chain(["above the baseline, attributes ÷ functions"]);
    Ok(Table::new(caption, header, rows))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no graph has so many nodes that a float could not count them"
)]
fn row(label: &str, counts: [u64; FRAMEWORKS.len()]) -> Vec<String> {
    let [baseline, functions, attributes] = counts;
    let above = |count: u64| count as f64 - baseline as f64;
    let ratio = format!("{:.2}", above(attributes) / above(functions));
    let counts = counts.iter().map(grouped);
    [label.to_owned()]
        .into_iter()
        .chain(counts)
        .chain([ratio])
        .collect()
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

    #[test]
    fn attributes_are_compared_with_functions_above_the_baseline() {
        let row = row("a line", [1000, 1200, 1300]);
        assert_eq!(row, ["a line", "1,000", "1,200", "1,300", "1.50"]);
    }
}
