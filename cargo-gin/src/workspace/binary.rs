//! The choice of the binary: by the options, by the manifest, or because it is the only one.

use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use cargo_metadata::{Metadata, Package, TargetKind};

use crate::cli::Selection;
use crate::workspace::spec::PackageSpec;

/// A package with one of its targets.
pub(super) type Candidate<'a> = (&'a Package, &'a cargo_metadata::Target);

/// Returns the target that the options name, or the only one.
pub(super) fn choose<'a>(
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

/// Returns the packages that may have the target: the one that the options name, or the manifest's own, or the workspace's
/// default members.
pub(super) fn packages<'a>(
    metadata: &'a Metadata,
    selection: &Selection,
    manifest: &Path,
) -> anyhow::Result<Vec<&'a Package>> {
    let members = metadata.workspace_packages();
    if let Some(text) = &selection.package {
        return specified(text, &members).map(|package| vec![package]);
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

/// Returns the member that a package id specification names.
fn specified<'a>(text: &str, members: &[&'a Package]) -> anyhow::Result<&'a Package> {
    let spec = PackageSpec::parse(text);
    let fits = |package: &&&Package| {
        let directory = package.manifest_path.as_std_path().parent();
        let version = package.version.to_string();
        let directory = directory.unwrap_or_else(|| Path::new(""));
        spec.fits(&package.name, Some(&version), directory)
    };
    members.iter().find(fits).copied().ok_or_else(|| {
        let same = members.iter().find(|package| package.name == spec.name());
        let names: Vec<_> = members.iter().map(|p| p.name.as_str()).collect();
        let hint = match same {
            Some(package) => format!("; its version is {}", package.version),
            None => hint(spec.name(), &names),
        };
        anyhow!("there is no package `{text}` in this workspace{hint}")
    })
}

/// Returns the binary of the workspace with this name, which runs beside the app.
pub(super) fn side<'a>(metadata: &'a Metadata, name: &str) -> anyhow::Result<Candidate<'a>> {
    let members = metadata.workspace_packages();
    let candidates: Vec<Candidate<'_>> = members
        .iter()
        .flat_map(|package| package.targets.iter().map(move |target| (*package, target)))
        .filter(|(_, target)| target.kind.contains(&TargetKind::Bin))
        .collect();
    named(name, &TargetKind::Bin, &candidates)
        .with_context(|| format!("`bin` in [package.metadata.gin.with] is {name:?}"))
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
    let mut defaults = packages
        .iter()
        .filter_map(|package| package.default_run.as_ref());
    if let (Some(name), None) = (defaults.next(), defaults.next()) {
        let mut named = candidates.iter().filter(|(_, target)| target.name == *name);
        if let (Some(candidate), None) = (named.next(), named.next()) {
            return Ok(*candidate);
        }
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

/// Returns `; did you mean …?`, or the list of known names.
fn hint(name: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .min()
        .filter(|(distance, _)| *distance <= 1 + name.len() / 4);
    match (nearest, known) {
        (Some((_, nearest)), _) => format!("; did you mean `{nearest}`?"),
        (None, []) => "; there are none".to_owned(),
        (None, known) => format!("; available: {}", known.join(", ")),
    }
}
