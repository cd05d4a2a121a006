//! The program of an app, with its variables: those that `cargo run` would set, and those of `.env`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

use crate::builder::Artifact;
use crate::cargo::{Layers, Runner};
use crate::cli::LaunchOptions;
use crate::dev::dotenv;
use crate::runner::Program;
use crate::sides::Addresses;
use crate::workspace::{Kind, Workspace};

/// Returns the program. `config` are the arguments of `--config`. Variables that the user has set stay, except those that cargo
/// itself sets.
pub(crate) fn program(
    workspace: &Workspace,
    artifact: &Artifact,
    config: &[String],
    addresses: &Addresses,
) -> anyhow::Result<Program> {
    let mut environment = workspace.environment.clone();
    for (name, value) in &artifact.variables {
        environment.set(name, value);
    }
    environment.search(libraries(workspace, artifact));
    let layers = Layers::read(config)?;
    for (name, variable) in layers.variables() {
        if variable.is_forced {
            environment.set(name, variable.value);
        } else {
            environment.offer(name, variable.value);
        }
    }
    for (name, value) in dotenv::variables(workspace)? {
        environment.offer(name, value);
    }
    environment.offer("HOST", "127.0.0.1");
    for (name, value) in addresses.variables() {
        environment.offer(name, value);
    }
    for framework in &workspace.frameworks {
        if let Some(name) = framework.address_variable() {
            environment.offer(name, environment.host().to_string());
        }
    }
    let early = artifact.early.as_ref();
    Ok(Program {
        made: artifact.executable.clone(),
        executable: early.unwrap_or(&artifact.executable).clone(),
        runner: Runner::find(&workspace.platform, &layers)?,
        environment,
    })
}

/// Returns the directory that an app runs in: that of `--cwd`, or the current one.
pub(crate) fn directory(options: &LaunchOptions) -> anyhow::Result<PathBuf> {
    let here = std::env::current_dir().context("cannot find the current directory")?;
    let Some(directory) = &options.cwd else {
        return Ok(here);
    };
    ensure!(
        directory.is_dir(),
        "{} is not a directory that the app can run in; create it, or correct --cwd",
        directory.display()
    );
    Ok(here.join(directory))
}

/// Returns cargo's search path for shared libraries: those of build scripts, its own output, and the standard library.
fn libraries(workspace: &Workspace, artifact: &Artifact) -> Vec<PathBuf> {
    let directory = artifact.executable.parent();
    let directory = match workspace.kind {
        Kind::Bin => directory,
        // Examples are in a directory of their own inside it.
        Kind::Example => directory.and_then(Path::parent),
    };
    let output = directory.map(|directory| [directory.to_owned(), directory.join("deps")]);
    let scripts = artifact.libraries.iter().cloned();
    scripts
        .chain(output.into_iter().flatten())
        .chain(workspace.libraries.clone())
        .collect()
}
