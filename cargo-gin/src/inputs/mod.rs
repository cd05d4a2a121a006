//! The inputs of a build: every path that cargo, rustc and the build scripts read, or would have read had it been there.

mod aliases;
mod build;
mod configuration;
mod dep_info;
mod failure;
mod manifest;
mod manifests;
mod mentions;
mod paths;
mod presence;
mod scripts;
#[cfg(test)]
mod tests;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::state::Effect;

pub(crate) use dep_info::DepInfo;
pub(crate) use failure::is_dump;
pub(crate) use paths::without_dots;
pub(crate) use presence::Presence;
pub(crate) use scripts::ScriptRun;

/// The inputs of a build. A path may be absent, and then counts once it appears.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Inputs {
    /// Files, and directories with all that is in them, with the effect of a change.
    paths: BTreeMap<PathBuf, Effect>,
    /// Paths of which only the [`Presence`] counts, with the effect of a change.
    presences: BTreeMap<PathBuf, Effect>,
    /// Names through links, each with the file that it led to and that cargo compares.
    aliases: BTreeMap<PathBuf, PathBuf>,
    /// The packages whose build script declares no inputs: all their files count, except those that git ignores.
    packages: BTreeSet<PathBuf>,
}

impl Inputs {
    /// Adds a path. If it is there already, the greater effect wins.
    pub(crate) fn add(&mut self, path: impl Into<PathBuf>, effect: Effect) {
        add(&mut self.paths, &path.into(), effect);
    }

    /// Adds a path of which only the [`Presence`] counts. If it is there already, the greater effect wins.
    pub(crate) fn add_presence(&mut self, path: impl Into<PathBuf>, effect: Effect) {
        add(&mut self.presences, &path.into(), effect);
    }

    /// Adds a package whose build script declares no inputs.
    pub(crate) fn add_package(&mut self, directory: impl Into<PathBuf>) {
        self.packages.insert(without_dots(&directory.into()));
    }

    /// Adds the inputs of another set.
    pub(crate) fn merge(&mut self, other: Inputs) {
        for (path, effect) in other.paths {
            add(&mut self.paths, &path, effect);
        }
        for (path, effect) in other.presences {
            add(&mut self.presences, &path, effect);
        }
        self.aliases.extend(other.aliases);
        self.packages.extend(other.packages);
    }

    /// Returns the paths, each with the effect of its change.
    pub(crate) fn paths(&self) -> impl Iterator<Item = (&Path, Effect)> {
        let paths = self.paths.iter();
        paths.map(|(path, effect)| (path.as_path(), *effect))
    }

    /// Returns the paths of which only the [`Presence`] counts, each with the effect of its change.
    pub(crate) fn presences(&self) -> impl Iterator<Item = (&Path, Effect)> {
        let presences = self.presences.iter();
        presences.map(|(path, effect)| (path.as_path(), *effect))
    }

    /// Returns the names through links, each with the file that it led to and that cargo compares.
    pub(crate) fn aliases(&self) -> impl Iterator<Item = (&Path, &Path)> {
        let aliases = self.aliases.iter();
        aliases.map(|(name, file)| (name.as_path(), file.as_path()))
    }

    /// Returns the packages whose build script declares no inputs.
    pub(crate) fn packages(&self) -> impl Iterator<Item = &Path> {
        self.packages.iter().map(PathBuf::as_path)
    }
}

fn add(paths: &mut BTreeMap<PathBuf, Effect>, path: &Path, effect: Effect) {
    match paths.entry(without_dots(path)) {
        Entry::Vacant(entry) => drop(entry.insert(effect)),
        Entry::Occupied(mut entry) => {
            let greater = effect.max(*entry.get());
            entry.insert(greater);
        }
    }
}
