//! The messages that the watching thread has received at once.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::state::Change;
use crate::watcher::scope::Scope;

/// The messages up to now, merged.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) change: Option<Change>,
    /// The newest scope.
    pub(super) scope: Option<Scope>,
    pub(super) doubt: Doubt,
    pub(super) events: Events,
    /// New directories, in which files may have come before they were watched.
    pub(super) directories: BTreeSet<PathBuf>,
}

/// The completeness of the events among the messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Events {
    #[default]
    Complete,
    /// The kernel's queue was full.
    Lost,
}

/// The doubt that the messages cast on what is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
    #[default]
    None,
    /// An input may have changed.
    Content,
    /// A path may lead elsewhere.
    Paths,
    /// Directories may have come or gone unnoticed.
    Directories,
}

impl Batch {
    /// Adds a change.
    pub(super) fn merge(&mut self, later: Change) {
        match &mut self.change {
            Some(change) => change.merge(later),
            None => self.change = Some(later),
        }
    }
}
