//! Builds of generated apps on gin-core, on axum and without a framework.
//!
//! ```console
//! $ cargo run --release -p gin-bench --bin compile [-- ROUNDS]
//! ```
//!
//! The program writes the apps into the target directory, builds them once, and then edits and builds them in turns.
//!
//! `compile lines [WORKSPACE]` only counts the lines of LLVM IR, `compile glue [WORKSPACE]` the functions of one handler more, and
//! `compile graph [WORKSPACE]` the nodes of rustc's graph, and `compile instructions [WORKSPACE]` the instructions of rustc under
//! valgrind. They take the gin-core of another checkout if there is one.

mod above;
mod app;
mod edit;
mod glue;
mod graph;
mod handlers;
mod instructions;
mod lines;
mod profile;
mod tables;

use std::env;
use std::fs;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gin_bench::{Benchmark, Table};

use app::App;
use edit::{Cargo, Cause, Cost};
use profile::Profile;

/// The workspace of this package.
const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["lines"] => print(&lines("compile-lines", Path::new(WORKSPACE))?),
        ["lines", workspace] => print(&lines("compile-lines-of-other", &other(workspace)?)?),
        ["glue"] => print(&glue("compile-glue", Path::new(WORKSPACE))?),
        ["glue", workspace] => print(&glue("compile-glue-of-other", &other(workspace)?)?),
        ["graph"] => print(&graph("compile-lines", Path::new(WORKSPACE))?),
        ["instructions"] => print(&instructions("compile-cost", Path::new(WORKSPACE))?),
        ["instructions", workspace] => {
            print(&instructions("compile-cost-of-other", &other(workspace)?)?)
        }
        ["graph", workspace] => print(&graph("compile-lines-of-other", &other(workspace)?)?),
        _ => Benchmark::Compile.main(20, measure),
    }
}

/// The workspace of another checkout.
fn other(path: &str) -> Result<PathBuf> {
    Path::new(path)
        .canonicalize()
        .with_context(|| format!("cannot find {path}"))
}

fn print(table: &Table) -> Result<()> {
    Ok(writeln!(stdout(), "{table}")?)
}

/// Counts the lines of the apps, which are written into this directory.
fn lines(directory: &str, workspace: &Path) -> Result<Table> {
    let directory = directory_of(directory)?;
    write(&directory, workspace)?;
    lines::measure(&tuned(&directory))
}

/// Counts the functions of one handler more, in an app that is written into this directory.
fn glue(directory: &str, workspace: &Path) -> Result<Table> {
    let directory = directory_of(directory)?;
    write_workspace(&directory, &[glue::PACKAGE])?;
    glue::write(&directory, workspace)?;
    glue::measure(&tuned(&directory))
}

/// Counts the nodes of rustc's graphs of the apps, which are written into this directory.
fn graph(directory: &str, workspace: &Path) -> Result<Table> {
    let directory = directory_of(directory)?;
    write(&directory, workspace)?;
    graph::measure(&tuned(&directory))
}

/// Counts the instructions of rustc for the apps, which are written into this directory.
fn instructions(directory: &str, workspace: &Path) -> Result<Table> {
    let directory = directory_of(directory)?;
    write(&directory, workspace)?;
    instructions::measure(&tuned(&directory))
}

fn tuned(directory: &Path) -> Cargo<'_> {
    Cargo {
        directory,
        profile: Profile::Tuned,
    }
}

fn measure(rounds: u32) -> Result<Vec<Table>> {
    let workspace = Path::new(WORKSPACE);
    let mut tables = vec![
        lines("compile-lines", workspace)?,
        glue("compile-glue", workspace)?,
        graph("compile-lines", workspace)?,
    ];
    let directory = directory_of("compile-cost")?;
    write(&directory, workspace)?;
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
            builds.extend(in_turns(&cargo, cause, cause.rounds(rounds))?);
        }
        tables.extend(tables::of(profile, rounds, &builds));
    }
    Ok(tables)
}

fn directory_of(name: &str) -> Result<PathBuf> {
    let program = env::current_exe()?;
    let directory = program.parent().context("the program has no directory")?;
    Ok(directory.join(name))
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
fn write(directory: &Path, workspace: &Path) -> Result<()> {
    write_workspace(directory, &App::ALL.map(App::name))?;
    for app in App::ALL {
        let package = directory.join(app.name());
        let sources = package.join("src");
        fs::create_dir_all(&sources)?;
        fs::write(package.join("Cargo.toml"), app.manifest(workspace))?;
        for (file, text) in app.files() {
            fs::write(sources.join(file), text)?;
        }
    }
    Ok(())
}

/// Writes the manifest of a workspace of these packages.
fn write_workspace(directory: &Path, packages: &[&str]) -> Result<()> {
    let profiles = Profile::manifest();
    let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = {packages:?}\n{profiles}");
    fs::create_dir_all(directory)?;
    Ok(fs::write(directory.join("Cargo.toml"), manifest)?)
}
