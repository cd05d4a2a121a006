//! The files of a change.

use std::collections::{BTreeSet, btree_set};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// At least one path relative to the workspace's root, each once, in alphabetical order.
///
/// Switching a branch can change ten thousand files, and every status holds them, so clones share them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChangedFiles(Arc<BTreeSet<PathBuf>>);

impl ChangedFiles {
    pub(crate) fn one(path: impl Into<PathBuf>) -> ChangedFiles {
        ChangedFiles(Arc::new(BTreeSet::from([path.into()])))
    }

    /// Adds the files of another change.
    pub(crate) fn merge(&mut self, more: ChangedFiles) {
        Arc::make_mut(&mut self.0).extend(Arc::unwrap_or_clone(more.0));
    }

    /// Returns the files that do not match, if there are any.
    pub(crate) fn without(&self, matches: impl Fn(&Path) -> bool) -> Option<ChangedFiles> {
        if !self.0.iter().any(|path| matches(path)) {
            return Some(self.clone());
        }
        let rest: BTreeSet<_> = self
            .0
            .iter()
            .filter(|path| !matches(path))
            .cloned()
            .collect();
        (!rest.is_empty()).then(|| ChangedFiles(Arc::new(rest)))
    }

    pub(crate) fn contains(&self, path: impl AsRef<Path>) -> bool {
        self.0.contains(path.as_ref())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> btree_set::Iter<'_, PathBuf> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a ChangedFiles {
    type Item = &'a PathBuf;
    type IntoIter = btree_set::Iter<'a, PathBuf>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Names the first file and counts the others.
impl fmt::Display for ChangedFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(first) = self.0.first() {
            write!(f, "{}", first.display().to_string().escape_debug())?;
        }
        match self.len() {
            0 | 1 => Ok(()),
            all => write!(f, " and {} more", all - 1),
        }
    }
}
