//! The survey: the directories to watch, and the names in them that lead to inputs.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::watcher::file_systems::{FileSystems, Shared};
use crate::watcher::listing;
use crate::watcher::members::Directory;
use crate::watcher::scope::Scope;
use crate::watcher::trail::Trails;

/// The directories to watch.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Those of the packages, and of what the options name.
    roots: BTreeSet<PathBuf>,
    /// Those that the inputs lead through, and those in declared directories.
    inputs: BTreeSet<PathBuf>,
    /// The names that lead to inputs.
    steps: HashSet<PathBuf>,
    /// The inputs that are directories.
    declared: Vec<PathBuf>,
    /// The directories on file systems that others change without an event here.
    shared: BTreeMap<PathBuf, Shared>,
}

impl Survey {
    /// Lists the directories of the roots again.
    pub(super) fn find_directories(&mut self, scope: &Scope) {
        let roots = scope.roots();
        self.roots = roots
            .flat_map(|root| listing::directories(root, scope))
            .collect();
    }

    /// Follows the paths of all inputs. `declared` are those that are directories.
    pub(super) fn follow<'a>(
        &mut self,
        scope: &Scope,
        declared: impl Iterator<Item = (&'a Path, &'a Directory)>,
    ) {
        let mut trails = Trails::default();
        self.inputs.clear();
        self.steps.clear();
        self.declared.clear();
        let paths = scope.inputs().chain(scope.presences());
        let paths = paths.map(|(path, _)| path).chain(scope.roots());
        let paths = paths.chain(scope.aliases().map(|(name, _)| name));
        for path in paths {
            self.add_steps(trails.follow(path).steps);
        }
        let listed = scope.presences().map(|(path, _)| path);
        self.inputs
            .extend(listed.filter(|path| path.is_dir()).map(Path::to_owned));
        for (path, directory) in declared {
            let resolved = path.canonicalize();
            let inside = directory.directories().map(Path::to_owned);
            self.inputs.extend(inside);
            self.declared
                .extend([path.to_owned()].into_iter().chain(resolved));
            for link in directory.links() {
                self.add_steps(trails.follow(link).steps);
                // The events of what is in it may have its other path.
                let target = link.canonicalize().ok();
                self.declared
                    .extend(target.filter(|target| target.is_dir()));
            }
            // Git writes beside them all the time.
            let selectors = directory.selectors();
            self.steps
                .extend(selectors.flat_map(|file| trails.follow(file).steps));
        }
        self.inputs
            .retain(|directory| !scope.is_excluded(directory));
    }

    /// Adds the names that lead to an input, with the directories that they are in.
    fn add_steps(&mut self, steps: Vec<PathBuf>) {
        let directories = steps.iter().filter_map(|step| step.parent());
        let watched = directories.filter(|directory| is_deep(directory));
        self.inputs.extend(watched.map(Path::to_owned));
        self.steps.extend(steps);
    }

    /// Adds a new directory with all in it, if it is in a root. Returns the files that are there already.
    pub(super) fn add(&mut self, directory: &Path, scope: &Scope) -> Vec<PathBuf> {
        if !scope.covers(directory) {
            return Vec::new();
        }
        self.roots.extend(listing::directories(directory, scope));
        listing::files(directory, scope)
    }

    /// Returns the directories to watch. Those of the roots come first: their paths are the ones that events are about.
    pub(super) fn directories(&self) -> impl Iterator<Item = PathBuf> + '_ {
        self.roots.iter().chain(&self.inputs).cloned()
    }

    /// Returns the directories of the roots.
    pub(super) fn roots(&self) -> impl Iterator<Item = PathBuf> + '_ {
        self.roots.iter().cloned()
    }

    /// Returns `true` if an event about this path may be about an input.
    pub(super) fn is_relevant(&self, path: &Path) -> bool {
        self.steps.contains(path)
            || self
                .declared
                .iter()
                .any(|declared| path.starts_with(declared))
    }

    /// Returns the names that lead to inputs, in directories that are not watched. `holds` selects those that are.
    pub(super) fn unreported(&self, holds: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
        let mut held: HashMap<&Path, bool> = HashMap::new();
        let names = self.steps.iter().filter(|step| {
            let directory = step.parent();
            directory.is_some_and(|directory| {
                !*held.entry(directory).or_insert_with(|| holds(directory))
            })
        });
        names.cloned().collect()
    }

    /// Looks at the file systems of the directories.
    pub(super) fn look_at_file_systems(&mut self) {
        let directories = self.roots.iter().chain(&self.inputs);
        self.shared = FileSystems::current().shared(directories);
    }

    /// Returns the directories of the roots on file systems that others change without an event here.
    pub(super) fn shared_roots(&self) -> impl Iterator<Item = PathBuf> + '_ {
        let roots = self.roots.iter();
        let shared = roots.filter(|root| self.shared.contains_key(*root));
        shared.cloned()
    }

    /// Returns these file systems.
    pub(super) fn shared(&self) -> BTreeSet<&Shared> {
        self.shared.values().collect()
    }

    /// Returns `true` if the system reports every change in the directories, by any program on any machine.
    pub(super) fn reports_all_changes(&self) -> bool {
        self.shared.is_empty()
    }
}

/// Returns `true` for a directory that is watched although it only leads to an input. Those near the root are busy.
pub(super) fn is_deep(directory: &Path) -> bool {
    directory.ancestors().count() > 2
}
