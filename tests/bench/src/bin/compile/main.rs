//! Builds of generated apps on gin-core, on axum and without a framework.
//!
//! ```console
//! $ cargo run --release -p gin-bench --bin compile [-- ROUNDS]
//! ```
//!
//! The program writes the apps into the target directory, builds them once, and then edits and builds them in turns.

mod app;
mod edit;
mod handlers;
mod profile;
mod tables;

use std::env;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use gin_bench::{Benchmark, Table};

use app::App;
use edit::{Cargo, Cause, Cost};
use profile::Profile;

fn main() -> Result<()> {
    Benchmark::Compile.main(5, measure)
}

fn measure(rounds: u32) -> Result<Vec<Table>> {
    let directory = env::current_exe()?
        .parent()
        .context("the program has no directory")?
        .join("compile-cost");
    write(&directory)?;
    let mut tables = Vec::new();
    for profile in Profile::ALL {
        let cargo = Cargo {
            directory: &directory,
            profile,
        };
        for app in profile.apps() {
            cargo.build(app)?;
        }
        let mut builds = Vec::new();
        for cause in Cause::ALL {
            builds.extend(in_turns(&cargo, cause, rounds)?);
        }
        tables.extend(tables::of(profile, rounds, &builds));
    }
    Ok(tables)
}

/// The builds of an app for one cause, one in each round.
struct Builds {
    app: App,
    cause: Cause,
    costs: Vec<Cost>,
}

/// Builds all apps for this cause, in turns.
fn in_turns(cargo: &Cargo<'_>, cause: Cause, rounds: u32) -> Result<Vec<Builds>> {
    let apps = cargo.profile.apps().into_iter();
    let mut all: Vec<_> = apps
        .map(|app| Builds {
            app,
            cause,
            costs: Vec::new(),
        })
        .collect();
    for round in 0..rounds {
        let (profile, label) = (cargo.profile.name(), cause.label());
        eprintln!(
            "compile: profile {profile}, {label}, round {} of {rounds}",
            round + 1
        );
        for builds in &mut all {
            let cost = cargo.build_for(cause, builds.app, round)?;
            builds.costs.push(cost);
        }
    }
    Ok(all)
}

/// Writes all apps as one workspace, so that they share their dependencies.
fn write(directory: &Path) -> Result<()> {
    let members = App::ALL.map(|app| format!("\"{}\"", app.name())).join(", ");
    let profiles = Profile::manifest();
    let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n{profiles}");
    fs::create_dir_all(directory)?;
    fs::write(directory.join("Cargo.toml"), manifest)?;
    for app in App::ALL {
        let package = directory.join(app.name());
        let sources = package.join("src");
        fs::create_dir_all(&sources)?;
        fs::write(package.join("Cargo.toml"), app.manifest())?;
        for (file, text) in app.files() {
            fs::write(sources.join(file), text)?;
        }
    }
    Ok(())
}
