//! The inputs of a build: every path that cargo, rustc and the build scripts read, or would have read had it been there.

mod failure;
mod manifests;
mod output;
mod scripts;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::state::Effect;

pub(crate) use scripts::ScriptRun;

/// The inputs of a build. A path may be absent, and then counts once it appears.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Inputs {
    /// Files, and directories with all that is in them, with the effect of a change.
    paths: BTreeMap<PathBuf, Effect>,
    /// The packages whose build script declares no inputs: all their files count, except those that git ignores.
    packages: BTreeSet<PathBuf>,
}

impl Inputs {
    /// Adds a path. If it is there already, the greater effect wins.
    pub(crate) fn add(&mut self, path: impl Into<PathBuf>, effect: Effect) {
        match self.paths.entry(path.into()) {
            Entry::Vacant(entry) => drop(entry.insert(effect)),
            Entry::Occupied(mut entry) => {
                let greater = effect.max(*entry.get());
                entry.insert(greater);
            }
        }
    }

    /// Adds a package whose build script declares no inputs.
    pub(crate) fn add_package(&mut self, directory: impl Into<PathBuf>) {
        self.packages.insert(directory.into());
    }

    /// Adds the inputs of another set.
    pub(crate) fn merge(&mut self, other: Inputs) {
        for (path, effect) in other.paths {
            self.add(path, effect);
        }
        self.packages.extend(other.packages);
    }

    /// Returns the paths, each with the effect of its change.
    pub(crate) fn paths(&self) -> impl Iterator<Item = (&Path, Effect)> {
        let paths = self.paths.iter();
        paths.map(|(path, effect)| (path.as_path(), *effect))
    }

    /// Returns the packages whose build script declares no inputs.
    pub(crate) fn packages(&self) -> impl Iterator<Item = &Path> {
        self.packages.iter().map(PathBuf::as_path)
    }
}
