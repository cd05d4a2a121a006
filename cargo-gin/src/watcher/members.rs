//! The inputs in a directory: all of a declared one, or those of a package whose build script declares nothing.

use std::collections::BTreeSet;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::state::Effect;
use crate::watcher::listing::{self, Listing};
use crate::watcher::scope::{Scope, Work};
use crate::watcher::stamp::Stamp;

/// A directory that is an input with all in it, or a package.
#[derive(Debug)]
pub(super) struct Directory {
    kind: Kind,
    members: BTreeSet<PathBuf>,
    listing: Listing,
    /// The time of the link that its path is, which cargo counts as well.
    link: Option<SystemTime>,
}

/// The reason why the members of a directory are inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A build script declared the directory. Cargo compares the time of any path in it.
    Declared(Work),
    /// The build script of this package declares nothing. Cargo compares the times of its files.
    Package,
}

/// The reason why a path is an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) work: Work,
    /// The path to touch if cargo would not notice a change.
    pub(super) clock: PathBuf,
}

impl Directory {
    /// Lists the members.
    pub(super) fn list(path: &Path, kind: Kind, scope: &Scope) -> Directory {
        let mut listing = match kind {
            Kind::Declared(_) => listing::all_in(path, scope),
            Kind::Package => listing::package_files(path, scope),
        };
        Directory {
            kind,
            members: std::mem::take(&mut listing.members).into_iter().collect(),
            listing,
            link: link_time(path),
        }
    }

    /// Returns `true` if the path of the directory is another link than before, or has become one.
    pub(super) fn is_other_link(&self, former: &Directory) -> bool {
        self.link.is_some() && self.link != former.link
    }

    /// Returns `true` if there is nothing to list again.
    pub(super) fn is_current(&self, path: &Path) -> bool {
        self.link == link_time(path) && self.listing.is_current()
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn has(&self, path: &Path) -> bool {
        self.members.contains(path)
    }

    pub(super) fn members(&self) -> impl Iterator<Item = &PathBuf> {
        self.members.iter()
    }

    /// Returns this directory and those in it.
    pub(super) fn directories(&self) -> impl Iterator<Item = &Path> {
        self.listing.directories()
    }

    /// Returns the members that are links.
    pub(super) fn links(&self) -> impl Iterator<Item = &Path> {
        self.listing.links()
    }

    /// Returns the files that select the members. They may be in other directories.
    pub(super) fn selectors(&self) -> impl Iterator<Item = &Path> {
        self.listing.selectors()
    }

    /// Returns the claim of the directory at `own` to a member.
    pub(super) fn claim(&self, own: &Path, member: &Path) -> Claim {
        match self.kind {
            Kind::Declared(work) => Claim {
                work,
                clock: own.to_owned(),
            },
            Kind::Package => Claim {
                work: Work::ASSUMED,
                clock: member.to_owned(),
            },
        }
    }
}

impl Claim {
    /// Returns `true` if cargo, whose last build ended at `ended`, would not notice a change of this path.
    ///
    /// Cargo notices that a path is absent by the time of the directory that it was in.
    pub(super) fn is_missed(&self, path: &Path, ended: Option<SystemTime>) -> bool {
        if self.work.effect != Effect::Rebuild {
            return false;
        }
        let stamp = match Stamp::take(path) {
            Stamp::Absent if self.clock == path => return false,
            Stamp::Absent => path.parent().map_or(Stamp::Absent, Stamp::take),
            stamp @ Stamp::Present(_) => stamp,
        };
        let is_old = |ended| {
            let has_new_link = link_time(&self.clock).is_some_and(|time| time > ended);
            stamp.seems_older_than(ended) && !has_new_link
        };
        ended.is_some_and(is_old)
    }
}

fn link_time(path: &Path) -> Option<SystemTime> {
    let metadata = fs::symlink_metadata(path).ok()?;
    let link = Some(metadata).filter(Metadata::is_symlink);
    link?.modified().ok()
}
