//! The variables that an app gets: those that `cargo run` would set, and those of `.env`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::builder::Artifact;
use crate::cargo::{self, Environment, home};
use crate::dev::dotenv;
use crate::workspace::{Kind, Workspace};

/// All of them. What the person has set stays, but for what cargo itself sets.
pub(super) fn variables(workspace: &Workspace, artifact: &Artifact) -> anyhow::Result<Environment> {
    let mut environment = workspace.environment.clone();
    for (name, value) in &artifact.variables {
        environment.set(name, value);
    }
    environment.search(libraries(workspace, artifact));
    let here = std::env::current_dir().context("cannot tell the current directory")?;
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

/// Where cargo has shared libraries looked for: what build scripts made, what cargo made, and the standard library.
fn libraries(workspace: &Workspace, artifact: &Artifact) -> Vec<PathBuf> {
    let folder = artifact.executable.parent();
    let folder = match workspace.kind {
        Kind::Bin => folder,
        Kind::Example => folder.and_then(Path::parent),
    };
    let made = folder.map(|folder| [folder.to_owned(), folder.join("deps")]);
    let scripts = artifact.libraries.iter().cloned();
    scripts
        .chain(made.into_iter().flatten())
        .chain(workspace.libraries.clone())
        .collect()
}
