//! The files of a change.

use std::collections::{BTreeMap, btree_map};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// At least one path, each once, in alphabetical order, with the name that users see.
///
/// Names are relative to the workspace's root, which is not known before cargo has read the manifests. So the same file may have
/// another name in a later change, but never another path.
///
/// Switching a branch can change ten thousand files, and every status holds them, so clones share them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChangedFiles(Arc<BTreeMap<PathBuf, PathBuf>>);

impl ChangedFiles {
    /// Returns the file at this path, whose name is relative to `root` if it is below it.
    pub(crate) fn one(path: impl Into<PathBuf>, root: &Path) -> ChangedFiles {
        let path = path.into();
        let name = path.strip_prefix(root).unwrap_or(&path).to_owned();
        ChangedFiles(Arc::new(BTreeMap::from([(path, name)])))
    }

    /// Returns the file with this name below the root directory.
    #[cfg(test)]
    pub(crate) fn named(name: impl AsRef<Path>) -> ChangedFiles {
        let root = Path::new("/");
        ChangedFiles::one(root.join(name), root)
    }

    /// Adds the files of another change.
    pub(crate) fn merge(&mut self, more: ChangedFiles) {
        Arc::make_mut(&mut self.0).extend(Arc::unwrap_or_clone(more.0));
    }

    /// Returns the files whose paths do not match, if there are any.
    pub(crate) fn without(&self, matches: impl Fn(&Path) -> bool) -> Option<ChangedFiles> {
        if !self.paths().any(|path| matches(path)) {
            return Some(self.clone());
        }
        let mut rest = BTreeMap::clone(&self.0);
        rest.retain(|path, _| !matches(path));
        (!rest.is_empty()).then(|| ChangedFiles(Arc::new(rest)))
    }

    pub(crate) fn contains(&self, path: &Path) -> bool {
        self.0.contains_key(path)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn paths(&self) -> btree_map::Keys<'_, PathBuf, PathBuf> {
        self.0.keys()
    }

    pub(crate) fn names(&self) -> btree_map::Values<'_, PathBuf, PathBuf> {
        self.0.values()
    }
}

/// Names the first file and counts the others.
impl fmt::Display for ChangedFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(first) = self.names().next() {
            write!(f, "{}", first.display().to_string().escape_debug())?;
        }
        match self.len() {
            0 | 1 => Ok(()),
            all => write!(f, " and {} more", all - 1),
        }
    }
}
