//! Remarks on what no setting can change, from the report of `cargo build --timings`.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::tune::bench::{Bench, Outcome, TODAY};
use crate::tune::hot::HotFile;

/// A unit of a build: a crate, or the run of a build script.
#[derive(Debug, Deserialize)]
struct Unit {
    name: String,
    /// The target, if it is not the library: ` build script`, ` bin "app"`.
    #[serde(default)]
    target: String,
    #[serde(default)]
    mode: String,
    /// In seconds.
    duration: f64,
    /// The time after which the crates above could start, in seconds.
    rmeta_time: Option<f64>,
}

/// Returns a remark on the macros and build scripts that a build from scratch spends time on.
pub(super) fn of_first_build(report: &Path) -> Vec<String> {
    /// The number of crates that are listed.
    const COUNT: usize = 3;
    let Some(mut units) = units(report) else {
        return Vec::new();
    };
    units.retain(|unit| unit.is_of_macros() || unit.mode == "run-custom-build");
    units.sort_by(|one, other| other.duration.total_cmp(&one.duration));
    let slowest: Vec<String> = units
        .iter()
        .filter(|unit| unit.duration >= 1.0)
        .take(COUNT)
        .map(|unit| format!("{} {:.1} s", unit.label(), unit.duration))
        .collect();
    if slowest.is_empty() {
        return Vec::new();
    }
    let list = slowest.join(", ");
    vec![format!(
        "macros and build scripts that a build from scratch waits for: {list}"
    )]
}

/// Builds after an edit, and returns a remark on the crates that it compiles.
pub(super) async fn of_edit(
    bench: &Bench<'_>,
    files: &[HotFile],
    report: &Path,
) -> anyhow::Result<Vec<String>> {
    /// Less is the time of a crate that needed no work, in seconds.
    const WORK: f64 = 0.05;
    let Some(file) = files.first() else {
        return Ok(Vec::new());
    };
    bench.bar.plan(1);
    bench.edit(file)?;
    let Outcome::Built { took, .. } = bench.build(None, TODAY, &["--timings"]).await? else {
        return Ok(Vec::new());
    };
    let mut units = units(report).unwrap_or_default();
    units.retain(|unit| unit.duration >= WORK);
    Ok(of_units(&units, took.as_secs_f64()).into_iter().collect())
}

/// Returns a remark on the crates that an edit compiles, if another division of them would help.
fn of_units(units: &[Unit], took: f64) -> Option<String> {
    /// A crate that takes less is not worth a division, in seconds.
    const WORTH: f64 = 1.0;
    let slowest = units
        .iter()
        .max_by(|one, other| one.duration.total_cmp(&other.duration))?;
    if slowest.duration < WORTH || slowest.duration < took / 2.0 {
        return None;
    }
    let name = slowest.label();
    let (seconds, front) = (slowest.duration, slowest.rmeta_time);
    let above = units.len() - 1;
    Some(if above == 0 {
        format!(
            "an edit compiles {name} alone, for {seconds:.1} s; code that changes seldom builds once if it moves into a crate below it"
        )
    } else {
        let front = front.map(|front| format!(", {front:.1} s before the crates above can start"));
        format!(
            "an edit compiles {} crates, {name} for {seconds:.1} s{}; code that few of them need is cheaper to edit in a crate of its own",
            above + 1,
            front.unwrap_or_default()
        )
    })
}

impl Unit {
    fn is_of_macros(&self) -> bool {
        let name = self.name.replace('-', "_");
        [
            "_macro",
            "_macros",
            "_derive",
            "_codegen",
            "_attributes",
            "_impl",
        ]
        .iter()
        .any(|end| name.ends_with(end))
            && self.target.trim().is_empty()
    }

    /// Returns its name for users.
    fn label(&self) -> String {
        match self.target.trim() {
            "" if self.mode == "run-custom-build" => format!("the build script of {}", self.name),
            "" => format!("`{}`", self.name),
            target if target.starts_with("build script") => {
                format!("the build script of {}", self.name)
            }
            target => format!("`{}` ({})", self.name, target.replace('"', "")),
        }
    }
}

/// Reads the units of a report. Its format is not documented, so that none are known if it is another one.
fn units(report: &Path) -> Option<Vec<Unit>> {
    parse(&fs::read_to_string(report).ok()?)
}

fn parse(html: &str) -> Option<Vec<Unit>> {
    let (_, after) = html.split_once("UNIT_DATA = ")?;
    let mut values = serde_json::Deserializer::from_str(after).into_iter::<Vec<Unit>>();
    values.next()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(name: &str, duration: f64, rmeta_time: Option<f64>) -> Unit {
        Unit {
            name: name.to_owned(),
            target: String::new(),
            mode: "todo".to_owned(),
            duration,
            rmeta_time,
        }
    }

    #[test]
    fn the_units_of_a_report_are_read() {
        let html = "<script>\nconst UNIT_DATA = [{\"i\":0,\"name\":\"app\",\"version\":\"0.1.0\",\"mode\":\"todo\",\"target\":\" bin \\\"app\\\"\",\"start\":0.1,\"duration\":2.5,\"rmeta_time\":null,\"unlocked_units\":[]}];\nconst X = 1;";
        let units = parse(html).unwrap();
        assert_eq!(units[0].label(), "`app` (bin app)");
        assert!((units[0].duration - 2.5).abs() < f64::EPSILON);
        assert!(parse("<html>").is_none());
        assert!(parse("UNIT_DATA = {}").is_none());
    }

    #[test]
    fn a_division_is_suggested_if_one_crate_takes_most_of_the_time() {
        let suggested = |units: &[Unit], took| of_units(units, took);
        assert_eq!(suggested(&[], 1.0), None);
        assert_eq!(suggested(&[unit("app", 0.5, None)], 0.6), None);
        assert_eq!(
            suggested(&[unit("a", 1.5, None), unit("b", 1.4, None)], 4.0),
            None
        );
        let alone = suggested(&[unit("app", 4.0, None)], 4.2).unwrap();
        assert!(
            alone.starts_with("an edit compiles `app` alone, for 4.0 s"),
            "{alone}"
        );
        let below = suggested(&[unit("core", 3.0, Some(2.0)), unit("app", 1.0, None)], 4.2);
        let below = below.unwrap();
        assert!(
            below.contains("2 crates, `core` for 3.0 s, 2.0 s before"),
            "{below}"
        );
    }
}
