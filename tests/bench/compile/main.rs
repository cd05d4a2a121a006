//! What an edit costs: `cargo build` after one changed line, in apps on `gin-core`, on axum, and without a framework.
//!
//! `cargo run --release -p gin-bench --bin compile` writes the apps into a folder of the target directory, builds them once,
//! and then edits and builds them in turns. The small ones have 6 routes, the large ones 640 handlers in 64 modules.

mod app;
mod edit;

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use anyhow::{Context, Result};
use app::App;

/// How often the apps take turns.
const ROUNDS: usize = 5;

fn main() -> Result<()> {
    let folder = std::env::current_exe()?
        .parent()
        .context("a program is in a folder")?
        .join("compile-cost");
    write(&folder)?;
    for app in App::ALL {
        edit::build(&folder, app)?;
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{:12} {:12}{:>10}{:>10}",
        "app", "edit", "median s", "least s"
    )?;
    for edited in [edit::MAIN, edit::MODULE] {
        let mut times = App::ALL.map(|_| Vec::new());
        for round in 0..ROUNDS {
            for (app, times) in App::ALL.into_iter().zip(&mut times) {
                times.push(edit::timed(&folder, app, &edited, round)?);
            }
        }
        for (app, mut times) in App::ALL.into_iter().zip(times) {
            times.sort_by(f64::total_cmp);
            let (median, least) = (times[ROUNDS / 2], times[0]);
            writeln!(
                out,
                "{:12} {:12}{median:10.2}{least:10.2}",
                app.name(),
                edited.file
            )?;
        }
    }
    Ok(())
}

/// Writes all apps as one workspace, so that they share what they depend on.
fn write(folder: &Path) -> Result<()> {
    let members = App::ALL.map(|app| format!("\"{}\"", app.name())).join(", ");
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{members}]\n\n[profile.dev]\ndebug = \"line-tables-only\"\n"
    );
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
