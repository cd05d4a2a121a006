//! The inputs of cargo before it compiles: manifests, the lock file, configuration and toolchain files.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::cargo;
use crate::inputs::configuration::Configuration;
use crate::inputs::manifest::Manifest;
use crate::inputs::paths::without_dots;
use crate::inputs::{Inputs, Presence};
use crate::state::Effect;

impl Inputs {
    /// Finds the files that decide the packages, their settings and the toolchain. Works without cargo.
    ///
    /// Cargo is called in `directory`. `known` are the manifests that it has listed, if any.
    pub(crate) fn of_manifests(manifest: &Path, directory: &Path, known: &[PathBuf]) -> Inputs {
        let home = cargo::home("CARGO_HOME", ".cargo");
        let package = manifest.parent().unwrap_or(manifest);
        let configuration = Configuration::of(&[directory, package], home.as_deref());
        let mut search = Search {
            inputs: configuration.inputs,
            home,
            ..Search::default()
        };
        search.waiting.extend(known.iter().cloned());
        for package in configuration.packages {
            search.find_package(&package);
        }
        search.finish(manifest)
    }
}

/// A search through manifests that lead to each other.
#[derive(Default)]
struct Search {
    inputs: Inputs,
    /// Cargo's own directory, above which no package in it belongs to a workspace.
    home: Option<PathBuf>,
    waiting: Vec<PathBuf>,
    visited: BTreeSet<PathBuf>,
    /// The manifests that were read. Absent ones are `None`.
    manifests: HashMap<PathBuf, Option<Rc<Manifest>>>,
}

impl Search {
    /// Follows all manifests. Cargo was called for the one at `manifest`.
    fn finish(mut self, manifest: &Path) -> Inputs {
        self.waiting.push(manifest.to_owned());
        while let Some(manifest) = self.waiting.pop() {
            self.visit(&manifest);
        }
        let root = self.root(manifest).unwrap_or_else(|| manifest.to_owned());
        self.inputs
            .add(root.with_file_name("Cargo.lock"), Effect::Resolve);
        self.inputs
    }

    /// Adds a manifest, and puts those that it leads to on the list.
    fn visit(&mut self, path: &Path) {
        let path = without_dots(path);
        if !self.visited.insert(path.clone()) {
            return;
        }
        self.inputs.add(path.clone(), Effect::Resolve);
        let checksums = path.with_file_name(".cargo-checksum.json");
        if checksums.exists() {
            self.inputs.add(checksums, Effect::Resolve);
        }
        let Some(manifest) = self.manifest(&path) else {
            return;
        };
        for target in &manifest.targets {
            self.inputs.add_presence(target, Effect::Resolve);
        }
        for package in &manifest.dependencies {
            self.find_package(package);
        }
        let members = manifest
            .workspace
            .iter()
            .flat_map(|members| &members.included);
        for pattern in members {
            self.find_members(path.parent().unwrap_or(&path), pattern);
        }
        if let Some(root) = self.root(&path) {
            self.waiting.push(root);
        }
    }

    fn find_package(&mut self, directory: &Path) {
        self.waiting.push(directory.join("Cargo.toml"));
    }

    /// Finds the root of the workspace that the manifest at `path` belongs to: the manifest itself, the one that it names, or
    /// the nearest above it.
    fn root(&mut self, path: &Path) -> Option<PathBuf> {
        let manifest = self.manifest(path).unwrap_or_default();
        if manifest.workspace.is_some() {
            return Some(path.to_owned());
        }
        if let Some(root) = &manifest.root {
            return Some(root.join("Cargo.toml"));
        }
        let above = path.ancestors().skip(2);
        // The root of the file system is nobody's project.
        let above = above.filter(|directory| directory.parent().is_some());
        for directory in above {
            let candidate = directory.join("Cargo.toml");
            self.inputs.add(&candidate, Effect::Resolve);
            let found = self.manifest(&candidate);
            if let Some(found) = found {
                match (&found.workspace, &found.root) {
                    (Some(members), _) if !members.exclude(path, directory) => {
                        return Some(candidate);
                    }
                    (None, Some(root)) => return Some(root.join("Cargo.toml")),
                    _ => {}
                }
            }
            if self.home.as_deref() == Some(directory) {
                return None;
            }
        }
        None
    }

    fn manifest(&mut self, path: &Path) -> Option<Rc<Manifest>> {
        if let Some(manifest) = self.manifests.get(path) {
            return manifest.clone();
        }
        let manifest = Manifest::read(path).map(Rc::new);
        self.manifests.insert(path.to_owned(), manifest.clone());
        manifest
    }

    /// Finds the members of the workspace in `directory` that a path or pattern selects. They need not have a manifest yet.
    fn find_members(&mut self, directory: &Path, pattern: &str) {
        let mut found = vec![directory.to_owned()];
        for part in Path::new(pattern) {
            let pattern = part.to_string_lossy();
            found = if pattern == "**" {
                found
                    .iter()
                    .flat_map(|directory| self.all_below(directory))
                    .collect()
            } else if pattern.contains(['*', '?', '[']) {
                let directories = found.iter();
                let children = directories.flat_map(|directory| self.children(directory));
                children.filter(|child| has_name(child, &pattern)).collect()
            } else {
                found.iter().map(|directory| directory.join(part)).collect()
            };
        }
        for member in found {
            self.find_package(&member);
        }
    }

    /// Returns the directories in a directory. New ones count from now on.
    fn children(&mut self, directory: &Path) -> Vec<PathBuf> {
        self.inputs.add_presence(directory, Effect::Resolve);
        match Presence::of(directory) {
            Presence::Directory(names) => names.iter().map(|name| directory.join(name)).collect(),
            Presence::File | Presence::Absent => Vec::new(),
        }
    }

    /// Returns a directory and those below it, except hidden ones and the usual output directory.
    fn all_below(&mut self, directory: &Path) -> Vec<PathBuf> {
        /// No workspace has as many. A link to a directory above itself would go on for ever.
        const MOST: usize = 1_000;
        let mut found = vec![directory.to_owned()];
        let mut next = 0;
        while let Some(directory) = found.get(next).filter(|_| next < MOST).cloned() {
            let children = self.children(&directory).into_iter();
            found.extend(
                children.filter(|child| !has_name(child, ".*") && !has_name(child, "target")),
            );
            next += 1;
        }
        found
    }
}

fn has_name(path: &Path, pattern: &str) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let pattern: Vec<_> = pattern.chars().collect();
    let name: Vec<_> = name.chars().collect();
    matches(&pattern, &name)
}

/// Returns `true` if the name has the pattern of `*`, `?` and `[…]`. Any character passes for a set.
fn matches(pattern: &[char], name: &[char]) -> bool {
    match (pattern, name) {
        ([], []) => true,
        (['*', rest @ ..], _) if matches(rest, name) => true,
        (['*', ..], [_, name @ ..]) => matches(pattern, name),
        (['[', set @ ..], [_, name @ ..]) => {
            let mut parts = set.splitn(2, |c| *c == ']');
            parts.nth(1).is_some_and(|rest| matches(rest, name))
        }
        (['?', pattern @ ..], [_, name @ ..]) => matches(pattern, name),
        ([first, pattern @ ..], [c, name @ ..]) => first == c && matches(pattern, name),
        _ => false,
    }
}
