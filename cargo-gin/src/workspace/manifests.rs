//! The manifests, as `cargo metadata` reads them.

use std::path::PathBuf;

use anyhow::{Context as _, anyhow, bail};
use cargo_metadata::{Metadata, Package};
use serde_json::Value;

use crate::cargo::{self, Environment, Platform, Toolchain};
use crate::cli::Selection;
use crate::os::reaper::Reaper;
use crate::state::{Progress, Recipe, Role, Target};
use crate::workspace::binary::{Candidate, choose, packages, side};
use crate::workspace::graph::{
    changeable, depends_on, directory, frameworks, is_linked, local_packages, scripted, with_sides,
};
use crate::workspace::layout::{Kind, SideBinary, Workspace};
use crate::workspace::metadata::metadata;
use crate::workspace::outline::Tables;

/// The framework whose apps take a socket and report their failures.
const GIN: &str = "gin-core";

/// The reasons for which no workspace can be loaded.
#[derive(Debug)]
pub(crate) enum Unloadable {
    /// Cargo rejects the manifests. That is a mistake in the user's code, so it is shown like any other diagnostic.
    Manifest(String),
    /// The options do not select a binary.
    Options(anyhow::Error),
    /// The options do not select one of the binaries and examples with these sources.
    Choice {
        error: anyhow::Error,
        sources: Vec<PathBuf>,
    },
}

impl Unloadable {
    /// Returns the reason, as it was written.
    pub(crate) fn text(&self) -> String {
        match self {
            Unloadable::Manifest(text) => text.clone(),
            Unloadable::Options(error) | Unloadable::Choice { error, .. } => format!("{error:#}"),
        }
    }

    /// Returns the sources of the targets to choose from, which may be deleted.
    pub(crate) fn sources(&self) -> &[PathBuf] {
        match self {
            Unloadable::Manifest(_) | Unloadable::Options(_) => &[],
            Unloadable::Choice { sources, .. } => sources,
        }
    }

    /// Returns the reason as an error, for commands without a page to show it on.
    pub(crate) fn into_error(self) -> anyhow::Error {
        match self {
            Unloadable::Manifest(text) => {
                let text = text.trim();
                anyhow!(
                    "{}",
                    text.strip_prefix("error: ").unwrap_or(text).to_owned()
                )
            }
            Unloadable::Options(error) | Unloadable::Choice { error, .. } => error,
        }
    }
}

impl From<anyhow::Error> for Unloadable {
    fn from(error: anyhow::Error) -> Unloadable {
        Unloadable::Options(error)
    }
}

/// The manifests, as `cargo metadata` reads them.
#[derive(Debug)]
pub(crate) struct Manifests {
    metadata: Metadata,
    manifest: PathBuf,
    toolchain: Toolchain,
}

impl Manifests {
    /// Runs `cargo metadata`, and reports the work that it waits for.
    pub(crate) async fn read(
        selection: &Selection,
        reaper: &Reaper,
        on_progress: impl Fn(Progress),
    ) -> Result<Manifests, Unloadable> {
        let manifest = manifest(selection)?;
        let (metadata, toolchain) = tokio::join!(
            metadata(selection, &manifest, reaper, on_progress),
            Toolchain::current(reaper)
        );
        Ok(Manifests {
            metadata: metadata?,
            manifest,
            toolchain,
        })
    }

    /// Returns `true` if cargo could not download all dependencies. Those that only tests or other platforms need are missed by no
    /// build.
    pub(crate) fn lack_downloads(&self) -> bool {
        self.metadata.resolve.is_none()
    }

    /// Returns the options of `cargo gin dev` in the manifests.
    pub(crate) fn tables(&self, selection: &Selection) -> Tables {
        Tables {
            package: self.package_table(selection),
            workspace: self.workspace_table(),
        }
    }

    /// Returns `[workspace.metadata.gin]`.
    pub(crate) fn workspace_table(&self) -> Value {
        gin_table(&self.metadata.workspace_metadata)
    }

    /// Returns `[package.metadata.gin]` of the package that is run, or null if it is unclear which one that is.
    fn package_table(&self, selection: &Selection) -> Value {
        match packages(&self.metadata, selection, &self.manifest).as_deref() {
            Ok([package]) => gin_table(&package.metadata),
            _ => choose(&self.metadata, selection, &self.manifest)
                .map(|(package, _)| gin_table(&package.metadata))
                .unwrap_or_default(),
        }
    }

    /// Chooses the binary, and those with the names `beside`, which run beside it.
    pub(crate) fn choose(
        &self,
        selection: &Selection,
        beside: &[&str],
    ) -> anyhow::Result<Workspace> {
        let metadata = &self.metadata;
        let (package, target) = choose(metadata, selection, &self.manifest)?;
        let sides: Vec<Candidate<'_>> = beside
            .iter()
            .map(|name| side(metadata, name))
            .collect::<Result<_, _>>()?;
        let local = local_packages(metadata, &package.id);
        let built = with_sides(&local, &sides, metadata);
        let root = metadata.workspace_root.as_std_path();
        Ok(Workspace {
            target: Target {
                role: Role::App,
                package: package.name.to_string(),
                name: target.name.clone(),
                root: root.to_owned(),
                packages: built.iter().map(|package| directory(package)).collect(),
                // The examples of gin-core itself are such apps as well.
                reports: local
                    .iter()
                    .any(|own| own.name == GIN || depends_on(own, &[GIN])),
                recipe: Recipe {
                    toolchain: self.toolchain.name.clone(),
                    profile: "dev".to_owned(),
                    features: cargo::features(selection),
                    target_dir: metadata.target_directory.as_std_path().to_owned(),
                },
            },
            package: package.id.repr.clone(),
            kind: match selection.example {
                Some(_) => Kind::Example,
                None => Kind::Bin,
            },
            package_dir: directory(package),
            manifests: changeable(metadata),
            build_dir: metadata
                .build_directory
                .as_ref()
                .unwrap_or(&metadata.target_directory)
                .as_std_path()
                .to_owned(),
            target_spec: None,
            scripted: scripted(&built),
            environment: self.environment(package),
            libraries: self.toolchain.libraries.clone(),
            sides: sides.iter().map(|side| self.side(side)).collect(),
            takes_socket: is_linked(metadata, &local, &[GIN, "listenfd"]),
            frameworks: frameworks(metadata, &local),
            host: self.toolchain.host.clone(),
            platform: Platform::default(),
            given_env_files: Vec::new(),
        })
    }

    /// Returns the sources of all binaries and examples of the workspace.
    pub(crate) fn sources(&self) -> Vec<PathBuf> {
        let members = self.metadata.workspace_packages();
        let targets = members.iter().flat_map(|package| &package.targets);
        let runnable = targets.filter(|target| target.is_bin() || target.is_example());
        let sources = runnable.map(|target| target.src_path.as_std_path().to_owned());
        sources.collect()
    }

    fn side(&self, (package, target): &Candidate<'_>) -> SideBinary {
        SideBinary {
            name: target.name.clone(),
            package: package.id.repr.clone(),
            manifest: package.manifest_path.as_std_path().to_owned(),
            environment: self.environment(package),
        }
    }

    /// Returns the variables in which cargo describes a package, and itself.
    fn environment(&self, package: &Package) -> Environment {
        let mut environment = cargo::of_package(package);
        let called = || std::env::var_os("CARGO").map(PathBuf::from);
        if let Some(cargo) = self.toolchain.cargo().or_else(called) {
            environment.set("CARGO", cargo);
        }
        environment
    }
}

fn gin_table(metadata: &Value) -> Value {
    metadata.get("gin").cloned().unwrap_or_default()
}

/// Finds the manifest: `--manifest-path`, or the nearest `Cargo.toml` in the current directory and its parents.
pub(crate) fn manifest(selection: &Selection) -> anyhow::Result<PathBuf> {
    if let Some(path) = &selection.manifest_path {
        if !path.is_file() {
            let shown = path.display();
            match path.join("Cargo.toml") {
                inside if inside.is_file() => bail!(
                    "{shown} is a directory; name the manifest in it: --manifest-path {}",
                    inside.display()
                ),
                _ => bail!("there is no manifest at {shown}"),
            }
        }
        return std::path::absolute(path)
            .with_context(|| format!("cannot resolve {}", path.display()));
    }
    let here = std::env::current_dir().context("cannot find the current directory")?;
    here.ancestors()
        .map(|dir| dir.join("Cargo.toml"))
        .find(|manifest| manifest.is_file())
        .ok_or_else(|| {
            anyhow!(
                "there is no Cargo.toml in {} or any parent directory; go to your project, name one with \
                 --manifest-path, or start a new project with `cargo gin new NAME`",
                here.display()
            )
        })
}
