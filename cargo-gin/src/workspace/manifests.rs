//! The manifests, as `cargo metadata` reads them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use anyhow::{Context as _, anyhow, bail};
use cargo_metadata::{DependencyKind, Metadata, NodeDep, Package, PackageId};
use serde_json::Value;

use crate::cargo::{self, Environment, Platform, Toolchain};
use crate::cli::Selection;
use crate::os::reaper::Reaper;
use crate::state::{Progress, Recipe, Role, Target};
use crate::workspace::binary::{Candidate, choose, packages, side};
use crate::workspace::layout::{Framework, Kind, SideBinary, Workspace};
use crate::workspace::metadata::metadata;
use crate::workspace::outline::Tables;

/// The reasons for which no workspace can be loaded.
#[derive(Debug)]
pub(crate) enum Unloadable {
    /// Cargo rejects the manifests. That is a mistake in the user's code, so it is shown like any other diagnostic.
    Manifest(String),
    /// The options do not select a binary.
    Options(anyhow::Error),
}

impl Unloadable {
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
            Unloadable::Options(error) => error,
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

fn directory(package: &Package) -> PathBuf {
    let manifest = package.manifest_path.as_std_path();
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// Returns the names of the packages that have a build script, by their directories.
fn scripted(packages: &[&Package]) -> BTreeMap<PathBuf, String> {
    let is_script = cargo_metadata::Target::is_custom_build;
    let scripted = packages
        .iter()
        .filter(|package| package.targets.iter().any(is_script));
    scripted
        .map(|package| (directory(package), package.name.to_string()))
        .collect()
}

/// Returns the local packages of the app, and those that only the binaries beside it need.
fn with_sides<'a>(
    local: &[&'a Package],
    sides: &[Candidate<'a>],
    metadata: &'a Metadata,
) -> Vec<&'a Package> {
    let mut built = local.to_vec();
    for (package, _) in sides {
        let others = local_packages(metadata, &package.id);
        let is_new = |other: &&Package| !built.iter().any(|known| known.id == other.id);
        let new: Vec<_> = others.into_iter().filter(is_new).collect();
        built.extend(new);
    }
    built
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

/// Returns the package and its path dependencies, direct and indirect.
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

/// Returns the manifests that can change: those of path dependencies and of packages in a vendored source, and the root's.
fn changeable(metadata: &Metadata) -> Vec<PathBuf> {
    let home = cargo::home("CARGO_HOME", ".cargo");
    let is_downloaded = |package: &&Package| {
        let home = home.as_deref();
        package.source.is_some() && home.is_some_and(|home| package.manifest_path.starts_with(home))
    };
    let packages = metadata.packages.iter();
    let packages = packages.filter(|package| !is_downloaded(package));
    let manifests = packages.map(|package| package.manifest_path.clone().into_std_path_buf());
    let root = metadata
        .workspace_root
        .join("Cargo.toml")
        .into_std_path_buf();
    let manifests: BTreeSet<_> = manifests.chain([root]).collect();
    manifests.into_iter().collect()
}

/// The framework whose apps take a socket and report their failures.
const GIN: &str = "gin-core";

fn depends_on(package: &Package, names: &[&str]) -> bool {
    package.dependencies.iter().any(|dependency| {
        dependency.kind == DependencyKind::Normal && names.contains(&dependency.name.as_str())
    })
}

/// Returns `true` if one of the packages is built with one of those named. An optional dependency counts
/// only if a feature activates it.
fn is_linked(metadata: &Metadata, packages: &[&Package], names: &[&str]) -> bool {
    let nodes = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
    let mut nodes = nodes.filter(|node| packages.iter().any(|package| package.id == node.id));
    let is_named = |id: &PackageId| {
        let mut packages = metadata.packages.iter();
        packages.any(|package| package.id == *id && names.contains(&package.name.as_str()))
    };
    nodes.any(|node| {
        let mut built = node.deps.iter().filter(|dependency| is_normal(dependency));
        built.any(|dependency| is_named(&dependency.pkg))
    })
}

fn is_normal(dependency: &NodeDep) -> bool {
    let mut kinds = dependency.dep_kinds.iter();
    kinds.any(|kind| kind.kind == DependencyKind::Normal)
}

fn frameworks(metadata: &Metadata, local: &[&Package]) -> Vec<Framework> {
    let frameworks = Framework::ALL.into_iter();
    frameworks
        .filter(|framework| is_linked(metadata, local, framework.packages()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use cargo_metadata::MetadataCommand;

    use super::*;

    #[test]
    fn the_manifests_of_members_and_of_all_path_dependencies_can_change() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        for (directory, text) in [
            ("ws", "[workspace]\nmembers = ['app', 'other']"),
            (
                "ws/app",
                "[dev-dependencies]\nproto = { path = '../../proto' }",
            ),
            ("ws/other", ""),
            ("proto", ""),
        ] {
            let directory = root.join(directory);
            fs::create_dir_all(directory.join("src")).unwrap();
            fs::write(directory.join("src/lib.rs"), "").unwrap();
            let name = directory.file_name().unwrap().to_str().unwrap();
            let package = format!("[package]\nname = '{name}'\nversion = '0.1.0'\n{text}");
            let text = if name == "ws" { text } else { &package };
            fs::write(directory.join("Cargo.toml"), text).unwrap();
        }
        let manifest = root.join("ws/app/Cargo.toml");
        let metadata = MetadataCommand::new()
            .manifest_path(manifest)
            .other_options(["--offline".to_owned()])
            .exec()
            .unwrap();
        let packages = ["proto", "ws", "ws/app", "ws/other"];
        let manifests = packages.map(|package| root.join(package).join("Cargo.toml"));
        assert_eq!(changeable(&metadata), manifests);
    }
}
