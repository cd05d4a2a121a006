//! What cargo metadata says: which package, which binary, what to watch.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId, TargetKind};
use serde_json::Value;

use crate::cargo::{self, Toolchain};
use crate::cli::{BuildOptions, Selection};
use crate::environment::{self, Environment};
use crate::phase::{Recipe, Target};
use crate::source::Library;

/// The workspace and the one binary of it that is built and run.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    /// The binary.
    pub(crate) target: Target,
    /// Is it an example?
    pub(crate) kind: Kind,
    /// The package's own folder.
    pub(crate) package_dir: PathBuf,
    /// Where cargo puts what only it needs: the target folder, unless `build.build-dir` says otherwise.
    pub(crate) build_dir: PathBuf,
    /// The names of those local packages that have a build script, by their folders. A script may read any file in its own.
    pub(crate) scripted: BTreeMap<PathBuf, String>,
    /// What cargo tells the app of its package.
    pub(crate) environment: Environment,
    /// Where the compiler's shared libraries are.
    pub(crate) libraries: Option<PathBuf>,
    /// Can the app take a socket from `LISTEN_FDS`?
    pub(crate) takes_socket: bool,
}

impl Workspace {
    /// The same with options of which `cargo metadata` knows nothing.
    pub(crate) fn built_with(mut self, options: &BuildOptions) -> Workspace {
        let recipe = &mut self.target.recipe;
        if let Some(Ok(dir)) = options.target_dir.as_ref().map(std::path::absolute) {
            if self.build_dir == recipe.folder {
                self.build_dir.clone_from(&dir);
            }
            recipe.folder = dir;
        }
        match &options.profile {
            Some(profile) => recipe.profile.clone_from(profile),
            None if options.release => "release".clone_into(&mut recipe.profile),
            None => {}
        }
        self
    }

    /// Where its sources may be read from.
    pub(crate) fn library(&self) -> Library {
        Library::new(&self.target.root, &self.target.packages).with_made(self.made())
    }

    /// The folders that cargo puts what it makes in.
    pub(crate) fn made(&self) -> [&Path; 2] {
        [&self.target.recipe.folder, &self.build_dir]
    }
}

/// What cargo calls the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `--bin`
    Bin,
    /// `--example`
    Example,
}

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

    /// `[workspace.metadata.gin]`.
    pub(crate) fn workspace_table(&self) -> Value {
        gin_table(&self.metadata.workspace_metadata)
    }

    /// `[package.metadata.gin]` of the package that is run. Null when it is not clear which that is.
    pub(crate) fn package_table(&self, selection: &Selection) -> Value {
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
            environment: environment::of_package(package),
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
            bail!("there is no manifest at {}", path.display());
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

/// A package with one of its targets.
type Candidate<'a> = (&'a Package, &'a cargo_metadata::Target);

fn choose<'a>(
    metadata: &'a Metadata,
    selection: &Selection,
    manifest: &Path,
) -> anyhow::Result<Candidate<'a>> {
    let packages = packages(metadata, selection, manifest)?;
    let kind = match selection.example {
        Some(_) => TargetKind::Example,
        None => TargetKind::Bin,
    };
    let candidates: Vec<Candidate<'_>> = packages
        .iter()
        .flat_map(|package| package.targets.iter().map(move |target| (*package, target)))
        .filter(|(_, target)| target.kind.contains(&kind))
        .collect();
    match selection.bin.as_ref().or(selection.example.as_ref()) {
        Some(name) => named(name, &kind, &candidates),
        None => only(&candidates, &packages),
    }
}

/// The packages that may have the target: the one named, else the manifest's own, else the workspace's default members.
fn packages<'a>(
    metadata: &'a Metadata,
    selection: &Selection,
    manifest: &Path,
) -> anyhow::Result<Vec<&'a Package>> {
    let members = metadata.workspace_packages();
    if let Some(name) = &selection.package {
        return members
            .iter()
            .find(|package| package.name == *name)
            .map(|package| vec![*package])
            .ok_or_else(|| {
                let names: Vec<_> = members.iter().map(|p| p.name.as_str()).collect();
                anyhow!(
                    "there is no package `{name}` in this workspace{}",
                    hint(name, &names)
                )
            });
    }
    let manifest = manifest
        .canonicalize()
        .unwrap_or_else(|_| manifest.to_owned());
    let own = members.iter().find(|package| {
        let path = package.manifest_path.as_std_path();
        path.canonicalize().is_ok_and(|path| path == manifest)
    });
    match own {
        Some(package) => Ok(vec![*package]),
        None if metadata.workspace_default_members.is_available() => {
            Ok(metadata.workspace_default_packages())
        }
        None => Ok(members),
    }
}

fn named<'a>(
    name: &str,
    kind: &TargetKind,
    candidates: &[Candidate<'a>],
) -> anyhow::Result<Candidate<'a>> {
    let mut matching = candidates.iter().filter(|(_, target)| target.name == name);
    match (matching.next(), matching.next()) {
        (Some(candidate), None) => Ok(*candidate),
        (Some((package, _)), Some((other, _))) => bail!(
            "both {} and {} have a target `{name}`; pick one with -p",
            package.name,
            other.name
        ),
        (None, _) => {
            let names: Vec<_> = candidates.iter().map(|(_, t)| t.name.as_str()).collect();
            let kind = if *kind == TargetKind::Example {
                "example"
            } else {
                "binary"
            };
            bail!("there is no {kind} `{name}`{}", hint(name, &names))
        }
    }
}

fn only<'a>(candidates: &[Candidate<'a>], packages: &[&Package]) -> anyhow::Result<Candidate<'a>> {
    if let [package] = packages
        && let Some(name) = &package.default_run
        && let Some(candidate) = candidates.iter().find(|(_, target)| target.name == *name)
    {
        return Ok(*candidate);
    }
    match candidates {
        [candidate] => Ok(*candidate),
        [] => bail!(
            "{} has no binary target; add src/main.rs, or pick an example with --example",
            match packages {
                [package] => format!("package `{}`", package.name),
                _ => "this workspace".to_owned(),
            }
        ),
        several => {
            let list = several
                .iter()
                .map(|(package, target)| format!("\n  -p {} --bin {}", package.name, target.name));
            bail!(
                "there are several binaries; pick one:{}",
                list.collect::<String>()
            )
        }
    }
}

/// `; did you mean …?`, or the list of what there is.
fn hint(name: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .min()
        .filter(|(distance, _)| *distance <= 1 + name.len() / 4);
    match (nearest, known) {
        (Some((_, nearest)), _) => format!("; did you mean `{nearest}`?"),
        (None, []) => "; there is none".to_owned(),
        (None, known) => format!("; there is: {}", known.join(", ")),
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
