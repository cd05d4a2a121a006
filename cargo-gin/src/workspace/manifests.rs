//! What cargo says of the manifests.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use serde_json::Value;

use crate::cargo::{self, Toolchain};
use crate::cli::Selection;
use crate::state::{Recipe, Target};
use crate::workspace::binary::{choose, packages};
use crate::workspace::layout::{Kind, Workspace};

/// Why there is no workspace.
#[derive(Debug)]
pub(crate) enum Unloadable {
    /// cargo can't make sense of the manifests. The user's code got that wrong, so it is shown like any other diagnostic.
    Manifest(String),
    /// There is nothing to do with these options.
    Options(anyhow::Error),
}

impl Unloadable {
    /// The same as an error, for those who have no page to show it on.
    pub(crate) fn into_error(self) -> anyhow::Error {
        match self {
            Unloadable::Manifest(text) => {
                let text = text.trim();
                anyhow!(
                    "{}",
                    text.strip_prefix("error: ").unwrap_or(text).to_owned()
                )
            }
            Unloadable::Options(error) => error,
        }
    }
}

impl From<anyhow::Error> for Unloadable {
    fn from(error: anyhow::Error) -> Unloadable {
        Unloadable::Options(error)
    }
}

/// What cargo says of the manifests.
#[derive(Debug)]
pub(crate) struct Manifests {
    metadata: Metadata,
    manifest: PathBuf,
    toolchain: Toolchain,
}

/// The options of `cargo gin dev` that manifests hold. A table that is not there is null.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tables {
    pub(crate) package: Value,
    pub(crate) workspace: Value,
}

impl Manifests {
    /// Asks cargo.
    pub(crate) async fn read(selection: &Selection) -> Result<Manifests, Unloadable> {
        let manifest = manifest(selection)?;
        let (metadata, toolchain) =
            tokio::join!(metadata(selection, &manifest), Toolchain::of(&manifest));
        Ok(Manifests {
            metadata: metadata?,
            manifest,
            toolchain,
        })
    }

    /// The options of `cargo gin dev` that the manifests hold.
    pub(crate) fn tables(&self, selection: &Selection) -> Tables {
        Tables {
            package: self.package_table(selection),
            workspace: self.workspace_table(),
        }
    }

    /// `[workspace.metadata.gin]`.
    pub(crate) fn workspace_table(&self) -> Value {
        gin_table(&self.metadata.workspace_metadata)
    }

    /// `[package.metadata.gin]` of the package that is run. Null when it is not clear which that is.
    fn package_table(&self, selection: &Selection) -> Value {
        match packages(&self.metadata, selection, &self.manifest).as_deref() {
            Ok([package]) => gin_table(&package.metadata),
            _ => choose(&self.metadata, selection, &self.manifest)
                .map(|(package, _)| gin_table(&package.metadata))
                .unwrap_or_default(),
        }
    }

    /// Picks the binary.
    pub(crate) fn choose(&self, selection: &Selection) -> anyhow::Result<Workspace> {
        let metadata = &self.metadata;
        let (package, target) = choose(metadata, selection, &self.manifest)?;
        let local = local_packages(metadata, &package.id);
        let folder = |package: &Package| {
            let manifest = package.manifest_path.as_std_path();
            manifest.parent().unwrap_or(manifest).to_owned()
        };
        let root = metadata.workspace_root.as_std_path();
        Ok(Workspace {
            target: Target {
                package: package.name.to_string(),
                name: target.name.clone(),
                root: root.to_owned(),
                packages: local.iter().map(|package| folder(package)).collect(),
                reports: local.iter().any(|package| depends_on(package, &[GIN])),
                recipe: Recipe {
                    toolchain: self.toolchain.name.clone(),
                    profile: "dev".to_owned(),
                    features: cargo::features(selection),
                    folder: metadata.target_directory.as_std_path().to_owned(),
                },
            },
            kind: match selection.example {
                Some(_) => Kind::Example,
                None => Kind::Bin,
            },
            package_dir: folder(package),
            build_dir: metadata
                .build_directory
                .as_ref()
                .unwrap_or(&metadata.target_directory)
                .as_std_path()
                .to_owned(),
            scripted: local
                .iter()
                .filter(|package| {
                    package
                        .targets
                        .iter()
                        .any(cargo_metadata::Target::is_custom_build)
                })
                .map(|package| (folder(package), package.name.to_string()))
                .collect(),
            environment: cargo::of_package(package),
            libraries: self.toolchain.libraries.clone(),
            takes_socket: local
                .iter()
                .any(|package| depends_on(package, &[GIN, "listenfd"])),
        })
    }
}

fn gin_table(metadata: &Value) -> Value {
    metadata.get("gin").cloned().unwrap_or_default()
}

/// The manifest that the options speak of: `--manifest-path`, or the nearest `Cargo.toml` upwards from here.
pub(crate) fn manifest(selection: &Selection) -> anyhow::Result<PathBuf> {
    if let Some(path) = &selection.manifest_path {
        if !path.is_file() {
            let shown = path.display();
            match path.join("Cargo.toml") {
                inside if inside.is_file() => bail!(
                    "{shown} is a folder; name the manifest in it: --manifest-path {}",
                    inside.display()
                ),
                _ => bail!("there is no manifest at {shown}"),
            }
        }
        return std::path::absolute(path)
            .with_context(|| format!("cannot resolve {}", path.display()));
    }
    let here = std::env::current_dir().context("cannot tell the current directory")?;
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

async fn metadata(selection: &Selection, manifest: &Path) -> Result<Metadata, Unloadable> {
    let mut command = cargo::command();
    command
        .args([
            "metadata",
            "--format-version=1",
            "--color=never",
            "--manifest-path",
        ])
        .arg(manifest)
        .args(cargo::resolution(selection))
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true);
    let output = command.output().await.map_err(cargo::missing)?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        return Err(Unloadable::Manifest(complaint(&text).to_owned()));
    }
    let metadata = MetadataCommand::parse(String::from_utf8_lossy(&output.stdout))
        .context("cannot read what `cargo metadata` printed")?;
    Ok(metadata)
}

/// What cargo says from its error on: before that may be warnings, and that it updates an index.
fn complaint(stderr: &str) -> &str {
    let after_line = stderr.find("\nerror").map(|end| end + 1);
    match after_line {
        Some(start) if !stderr.starts_with("error") => &stderr[start..],
        _ => stderr,
    }
}

/// The package and what it depends on by path, directly or not.
fn local_packages<'a>(metadata: &'a Metadata, package: &PackageId) -> Vec<&'a Package> {
    let by_id: HashMap<_, _> = metadata.packages.iter().map(|p| (&p.id, p)).collect();
    let nodes: HashMap<_, _> = metadata
        .resolve
        .iter()
        .flat_map(|resolve| &resolve.nodes)
        .map(|node| (&node.id, node))
        .collect();
    let mut found: Vec<&Package> = Vec::new();
    let mut waiting = vec![package];
    while let Some(id) = waiting.pop() {
        let Some(package) = by_id.get(id).filter(|package| package.source.is_none()) else {
            continue;
        };
        if found.iter().any(|known| known.id == package.id) {
            continue;
        }
        found.push(package);
        let dependencies = nodes.get(id).map(|node| node.deps.as_slice());
        waiting.extend(
            dependencies
                .unwrap_or_default()
                .iter()
                .filter(|dep| {
                    !dep.dep_kinds
                        .iter()
                        .all(|kind| kind.kind == DependencyKind::Development)
                })
                .map(|dep| &dep.pkg),
        );
    }
    found
}

/// The framework whose apps take a socket and make reports.
const GIN: &str = "gin-core";

fn depends_on(package: &Package, names: &[&str]) -> bool {
    package.dependencies.iter().any(|dependency| {
        dependency.kind == DependencyKind::Normal && names.contains(&dependency.name.as_str())
    })
}
