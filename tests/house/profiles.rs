//! The profile of new projects: their first build is not much dearer than with cargo's own profile, which optimizes nothing.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// The CPU time of compiling a crate with optimization, as a multiple of that without: `opt-level = 1` for all dependencies of an app with
/// sqlx took 12 minutes instead of 4.
const OPTIMIZED: usize = 3;
/// The dearest first build, in percent of one with cargo's own profile.
const MOST_PERCENT: usize = 115;

/// The sum has no clock in it, so it is the same on each machine. What less debug info saves is not in it.
#[test]
fn the_first_build_of_a_template_costs_little_more_than_with_cargos_profile() {
    for template in ["api", "realtime", "web"] {
        let levels = levels(template);
        let optimized = levels.iter().filter(|level| *level != "0").count();
        let percent = 100 * (levels.len() + optimized * (OPTIMIZED - 1)) / levels.len();
        assert!(
            percent <= MOST_PERCENT,
            "the first build of {template} costs {percent} %: it optimizes {optimized} of {} crates",
            levels.len()
        );
    }
}

/// The sum above is about these crates in a workspace of their own, whose profile has to be what a new project gets.
#[test]
fn the_templates_are_built_by_the_profile_of_new_projects() {
    let common = settings("cargo-gin/src/new/profile.toml");
    let own = settings("templates/web/profile.toml");
    let workspace = settings("templates/Cargo.toml");
    assert!(workspace.starts_with("[profile.dev]"), "{workspace}");
    assert_eq!(common + &own, workspace);
}

/// Returns the optimization level of each crate that a first build compiles, as cargo plans it. Nothing is built.
fn levels(template: &str) -> Vec<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--unit-graph", "-Zunstable-options", "--locked"])
        .args(["--package", template])
        .env("RUSTC_BOOTSTRAP", "1")
        .current_dir(root().join("templates"));
    let plan = cargo.output().expect("cargo starts");
    let error = String::from_utf8_lossy(&plan.stderr);
    assert!(plan.status.success(), "{error}");
    let plan: Value = serde_json::from_slice(&plan.stdout).expect("cargo writes JSON");
    let units = plan["units"].as_array().expect("the plan has units");
    let compiled = units.iter().filter(|unit| unit["mode"] == "build");
    let level = |unit: &Value| unit["profile"]["opt_level"].as_str().map(str::to_owned);
    compiled
        .map(|unit| level(unit).expect("a unit has a level"))
        .collect()
}

/// Returns the profiles of a manifest, without comments and empty lines.
fn settings(manifest: &str) -> String {
    let text = fs::read_to_string(root().join(manifest)).expect("the manifest can be read");
    text.lines()
        .skip_while(|line| !line.starts_with("[profile"))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .flat_map(|line| [line, "\n"])
        .collect()
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
