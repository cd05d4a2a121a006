//! The packages of a workspace and their dependencies. Where cargo cannot resolve these, the manifests say what they say.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use cargo_metadata::{DependencyKind, Metadata, NodeDep, Package, PackageId, Resolve};

use crate::cargo;
use crate::workspace::binary::Candidate;
use crate::workspace::layout::Framework;

/// Returns the package and its path dependencies, direct and indirect.
pub(super) fn local_packages<'a>(metadata: &'a Metadata, package: &PackageId) -> Vec<&'a Package> {
    let by_id: HashMap<_, _> = metadata.packages.iter().map(|p| (&p.id, p)).collect();
    let mut found: Vec<&Package> = Vec::new();
    let mut waiting = vec![package.clone()];
    while let Some(id) = waiting.pop() {
        let Some(package) = by_id.get(&id).filter(|package| package.source.is_none()) else {
            continue;
        };
        if found.iter().any(|known| known.id == package.id) {
            continue;
        }
        found.push(package);
        waiting.extend(match &metadata.resolve {
            Some(resolve) => resolved(resolve, &id),
            None => declared(metadata, package),
        });
    }
    found
}

/// Returns the dependencies of a package that cargo has resolved, except those of its tests.
fn resolved(resolve: &Resolve, package: &PackageId) -> Vec<PackageId> {
    let is_for_tests = |dependency: &&NodeDep| {
        let mut kinds = dependency.dep_kinds.iter();
        kinds.all(|kind| kind.kind == DependencyKind::Development)
    };
    let nodes = resolve.nodes.iter().filter(|node| node.id == *package);
    let dependencies = nodes.flat_map(|node| &node.deps);
    dependencies
        .filter(|dependency| !is_for_tests(dependency))
        .map(|dependency| dependency.pkg.clone())
        .collect()
}

/// Returns the path dependencies in the manifest of a package, except those of its tests.
fn declared(metadata: &Metadata, package: &Package) -> Vec<PackageId> {
    let declared = package.dependencies.iter();
    let declared = declared.filter(|dependency| dependency.kind != DependencyKind::Development);
    let manifests: Vec<_> = declared
        .filter_map(|dependency| Some(dependency.path.as_ref()?.join("Cargo.toml")))
        .collect();
    let packages = metadata.packages.iter();
    packages
        .filter(|package| manifests.contains(&package.manifest_path))
        .map(|package| package.id.clone())
        .collect()
}

/// Returns the manifests that can change: those of path dependencies and of packages in a vendored source, and the root's.
pub(super) fn changeable(metadata: &Metadata) -> Vec<PathBuf> {
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

/// Returns `true` if the manifest of a package names one of these dependencies.
pub(super) fn depends_on(package: &Package, names: &[&str]) -> bool {
    package.dependencies.iter().any(|dependency| {
        dependency.kind == DependencyKind::Normal && names.contains(&dependency.name.as_str())
    })
}

/// Returns `true` if one of the packages is built with one of those named. An optional dependency counts only if a feature activates
/// it, as far as cargo has resolved that.
pub(super) fn is_linked(metadata: &Metadata, packages: &[&Package], names: &[&str]) -> bool {
    let Some(resolve) = &metadata.resolve else {
        return packages.iter().any(|package| depends_on(package, names));
    };
    let mut nodes = resolve
        .nodes
        .iter()
        .filter(|node| packages.iter().any(|package| package.id == node.id));
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

/// Returns the frameworks of the app that read variables of their own.
pub(super) fn frameworks(metadata: &Metadata, local: &[&Package]) -> Vec<Framework> {
    let frameworks = Framework::ALL.into_iter();
    frameworks
        .filter(|framework| is_linked(metadata, local, framework.packages()))
        .collect()
}

/// Returns the directory of a package.
pub(super) fn directory(package: &Package) -> PathBuf {
    let manifest = package.manifest_path.as_std_path();
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// Returns the names of the packages that have a build script, by their directories.
pub(super) fn scripted(packages: &[&Package]) -> BTreeMap<PathBuf, String> {
    let is_script = cargo_metadata::Target::is_custom_build;
    let scripted = packages
        .iter()
        .filter(|package| package.targets.iter().any(is_script));
    scripted
        .map(|package| (directory(package), package.name.to_string()))
        .collect()
}

/// Returns the local packages of the app, and those that only the binaries beside it need.
pub(super) fn with_sides<'a>(
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
