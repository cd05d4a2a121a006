//! The variables of an app: those that `cargo run` would set, and those of `.env`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::builder::Artifact;
use crate::cargo::{self, Environment, home};
use crate::dev::dotenv;
use crate::workspace::{Kind, Workspace};

/// Returns all of them. Variables that the user has set stay, except those that cargo itself sets.
pub(crate) fn variables(workspace: &Workspace, artifact: &Artifact) -> anyhow::Result<Environment> {
    let mut environment = workspace.environment.clone();
    for (name, value) in &artifact.variables {
        environment.set(name, value);
    }
    environment.search(libraries(workspace, artifact));
    let here = std::env::current_dir().context("cannot find the current directory")?;
    let home = home("CARGO_HOME", ".cargo");
    for (name, variable) in cargo::variables(&here, home.as_deref())? {
        if variable.is_forced {
            environment.set(name, variable.value);
        } else {
            environment.offer(name, variable.value);
        }
    }
    for (name, value) in dotenv::variables(&workspace.package_dir, &workspace.target.root)? {
        environment.offer(name, value);
    }
    Ok(environment)
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
