//! The names whose changes no event reports: the directories that they are in are busy, excluded, or cannot be read, and are not
//! watched for that. They are few, and are looked at before each request, however soon after a verification that is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::watcher::attributes::{Attributes, Identity, Kind};
use crate::watcher::survey::is_deep;
use crate::watcher::watches::Growth;

/// The names whose changes no event reports, each with its state at the last look. It is `None` until the first one.
#[derive(Clone, Debug, Default)]
pub(super) struct Unreported(BTreeMap<PathBuf, Option<Sight>>);

/// The state of a name, which may be a link.
#[derive(Clone, Debug)]
enum Sight {
    Absent,
    /// Files come and go in busy directories all the time. Those that matter are names themselves.
    Directory(Identity),
    Other {
        attributes: Attributes,
        taken: SystemTime,
    },
}

impl Unreported {
    /// The most names that are looked at before each request.
    const LIMIT: usize = 100;

    /// Replaces the names. Those that stay keep their state.
    pub(super) fn replace(&mut self, names: impl IntoIterator<Item = PathBuf>) -> Growth {
        let mut known = std::mem::take(&mut self.0);
        let mut growth = Growth::None;
        for name in names {
            let state = known.remove(&name).unwrap_or_else(|| {
                growth = Growth::Grown;
                None
            });
            self.0.insert(name, state);
        }
        growth
    }

    /// Looks at the names that are new, before their paths are followed.
    pub(super) fn look_at_new(&mut self) {
        for (name, state) in &mut self.0 {
            state.get_or_insert_with(|| Sight::of(name));
        }
    }

    /// Looks at all names. Returns `true` if one may have changed since the last look.
    pub(super) fn have_changed(&mut self) -> bool {
        let mut have_changed = false;
        for (name, state) in &mut self.0 {
            let new = Sight::of(name);
            have_changed |= !state.as_ref().is_some_and(|old| old.proves(&new));
            *state = Some(new);
        }
        have_changed
    }

    /// Returns `true` if another look proves that no name has changed since the last one.
    pub(super) fn are_the_same(&self) -> bool {
        let mut names = self.0.iter();
        names.all(|(name, state)| {
            let known = state.as_ref();
            known.is_some_and(|known| known.proves(&Sight::of(name)))
        })
    }

    /// Returns `true` if all are in directories near the root, where a look at them is fast.
    pub(super) fn are_near_the_root(&self) -> bool {
        let mut directories = self.0.keys().filter_map(|name| name.parent());
        !directories.any(is_deep)
    }

    /// Returns `true` if the names can be looked at before each request.
    pub(super) fn are_few(&self) -> bool {
        self.0.len() <= Self::LIMIT
    }

    /// Returns those that are files. A watch of their own reports most of their changes, without a request as well.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        let files = self.0.iter().filter(|(_, state)| match state {
            Some(Sight::Other { attributes, .. }) => attributes.kind == Kind::File,
            Some(Sight::Absent | Sight::Directory(_)) | None => false,
        });
        files.map(|(name, _)| name.as_path())
    }
}

impl Sight {
    fn of(name: &Path) -> Sight {
        let taken = SystemTime::now();
        match fs::symlink_metadata(name) {
            Ok(metadata) if metadata.is_dir() => Sight::Directory(Identity::of(&metadata)),
            Ok(metadata) => Sight::Other {
                attributes: Attributes::of_metadata(&metadata),
                taken,
            },
            Err(_) => Sight::Absent,
        }
    }

    /// Returns `true` if this and a new sight of the same name prove that nothing has changed in between.
    fn proves(&self, new: &Sight) -> bool {
        match (self, new) {
            (Sight::Absent, Sight::Absent) => true,
            (Sight::Directory(old), Sight::Directory(new)) => old == new,
            (
                Sight::Other { attributes, taken },
                Sight::Other {
                    attributes: new, ..
                },
            ) => attributes == new && !attributes.is_racy(*taken),
            _ => false,
        }
    }
}
