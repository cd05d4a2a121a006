//! What an edit costs: `cargo build` after one changed line, in apps on `gin-core`, on axum, and without a framework.
//!
//! `cargo run --release -p gin-bench --bin compile` writes the apps into a folder of the target directory, builds them once,
//! and then edits and builds them in turns. The small ones have 6 routes, the large ones 640 handlers in 64 modules.

mod app;
mod edit;
mod handlers;
mod profile;

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use anyhow::{Context, Result};
use app::App;
use edit::{Cargo, Cause, Cost};
use profile::Profile;

/// How often the apps take turns.
const ROUNDS: usize = 5;

fn main() -> Result<()> {
    let folder = std::env::current_exe()?
        .parent()
        .context("a program is in a folder")?
        .join("compile-cost");
    write(&folder)?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{:9}{:18}{:10}{:>10}{:>10}{:>14}",
        "profile", "app", "cause", "median s", "least s", "least CPU s"
    )?;
    for profile in Profile::ALL {
        let cargo = Cargo {
            folder: &folder,
            profile,
        };
        for app in profile.apps() {
            cargo.build(app)?;
        }
        for cause in Cause::ALL {
            measure(&mut out, &cargo, cause)?;
        }
    }
    Ok(())
}

/// Builds all apps for this cause, in turns.
fn measure(out: &mut impl Write, cargo: &Cargo<'_>, cause: Cause) -> Result<()> {
    let apps = cargo.profile.apps();
    let mut costs: Vec<_> = apps.into_iter().map(|app| (app, Vec::new())).collect();
    for round in 0..ROUNDS {
        for (app, costs) in &mut costs {
            costs.push(cargo.build_for(cause, *app, round)?);
        }
    }
    for (app, costs) in costs {
        write!(out, "{:9}", cargo.profile.name())?;
        row(out, app, cause, &costs)?;
    }
    Ok(())
}

fn row(out: &mut impl Write, app: App, cause: Cause, costs: &[Cost]) -> Result<()> {
    let [wall, cpu] = [|cost: &Cost| cost.wall, |cost: &Cost| cost.cpu].map(|of| {
        let mut values: Vec<_> = costs.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values
    });
    let (median, least, cpu) = (wall[ROUNDS / 2], wall[0], cpu[0]);
    let (app, cause) = (app.name(), cause.name());
    writeln!(out, "{app:18}{cause:10}{median:10.2}{least:10.2}{cpu:14.2}")?;
    Ok(())
}

/// Writes all apps as one workspace, so that they share what they depend on.
fn write(folder: &Path) -> Result<()> {
    let members = App::ALL.map(|app| format!("\"{}\"", app.name())).join(", ");
    let profiles = Profile::manifest();
    let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n{profiles}");
    fs::create_dir_all(folder)?;
    fs::write(folder.join("Cargo.toml"), manifest)?;
    for app in App::ALL {
        let sources = folder.join(app.name()).join("src");
        fs::create_dir_all(&sources)?;
        fs::write(folder.join(app.name()).join("Cargo.toml"), app.manifest())?;
        for (file, text) in app.files() {
            fs::write(sources.join(file), text)?;
        }
    }
    Ok(())
}
