//! The names whose changes no event reports: the directories that they are in are busy, excluded, or cannot be read, and are not
//! watched for that. They are few, and are looked at before each request, however soon after a verification that is. An alarm in
//! their directories saves most of the looks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::watcher::attributes::{Attributes, Identity, Kind};
use crate::watcher::file_systems::FileSystems;
use crate::watcher::queue::Alarm;
use crate::watcher::survey::is_deep;
use crate::watcher::watches::Growth;

/// The names whose changes no event reports.
#[derive(Clone, Debug, Default)]
pub(super) struct Unreported {
    /// Each with its state at the last look. It is `None` until the first one.
    names: BTreeMap<PathBuf, Option<Sight>>,
    /// While it is silent, all names that were absent or directories still are. `None` until [`arm`](Unreported::arm).
    alarm: Option<Arc<Alarm>>,
}

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
        let mut known = std::mem::take(&mut self.names);
        let mut growth = Growth::None;
        for name in names {
            let state = known.remove(&name).unwrap_or_else(|| {
                growth = Growth::Grown;
                None
            });
            self.names.insert(name, state);
        }
        if growth == Growth::Grown {
            self.alarm = None;
        }
        growth
    }

    /// Looks at the names that are new, before their paths are followed.
    pub(super) fn look_at_new(&mut self) {
        for (name, state) in &mut self.names {
            state.get_or_insert_with(|| Sight::of(name));
        }
    }

    /// Looks at all names. Returns `true` if one may have changed since the last look.
    pub(super) fn have_changed(&mut self) -> bool {
        let mut have_changed = false;
        for (name, state) in &mut self.names {
            let new = Sight::of(name);
            have_changed |= !state.as_ref().is_some_and(|old| old.proves(&new));
            *state = Some(new);
        }
        if have_changed {
            // Another directory may have the name of one that the alarm is in.
            self.alarm = None;
        }
        have_changed
    }

    /// Puts an alarm into the directories, where there is none yet and the system has one.
    pub(super) fn arm(&mut self) {
        if self.alarm.is_some() {
            return;
        }
        let directories = self.names.keys().filter_map(|name| name.parent());
        let directories: BTreeSet<PathBuf> = directories.map(Path::to_owned).collect();
        // Nor do others' changes to the files of another machine ring here.
        let are_own = FileSystems::current().shared(directories.iter()).is_empty();
        let alarm = || Alarm::new(directories.iter().map(PathBuf::as_path));
        self.alarm = are_own.then(alarm).flatten().map(Arc::new);
        // What happened before it was there did not ring.
        if !self.prove(|_| true) {
            self.alarm = None;
        }
    }

    /// Removes the alarm: paths may lead to other directories.
    pub(super) fn disarm(&mut self) {
        self.alarm = None;
    }

    /// Returns `true` if it is certain that no name has changed since the last look.
    pub(super) fn are_the_same(&self) -> bool {
        let Some(alarm) = &self.alarm else {
            return self.prove(|_| true);
        };
        if alarm.is_silent() {
            return self.prove(|sight| matches!(sight, Sight::Other { .. }));
        }
        // Before the look: what happens after it rings again.
        alarm.silence();
        let are_the_same = self.prove(|_| true);
        if !are_the_same {
            // Later requests must find out, too, until the watching thread knows.
            alarm.give_up();
        }
        are_the_same
    }

    /// Returns `true` if another look proves that none of the names whose states `is_open` selects has changed since the last one.
    fn prove(&self, is_open: impl Fn(&Sight) -> bool) -> bool {
        self.names.iter().all(|(name, state)| {
            let known = state.as_ref();
            known.is_some_and(|known| !is_open(known) || known.proves(&Sight::of(name)))
        })
    }

    /// Returns `true` if all are in directories near the root, where a look at them is fast.
    pub(super) fn are_near_the_root(&self) -> bool {
        let mut directories = self.names.keys().filter_map(|name| name.parent());
        !directories.any(is_deep)
    }

    /// Returns `true` if the names can be looked at before each request.
    pub(super) fn are_few(&self) -> bool {
        self.names.len() <= Self::LIMIT
    }

    /// Returns those that are files. A watch of their own reports most of their changes, without a request as well.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        let files = self.names.iter().filter(|(_, state)| match state {
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

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;
    use crate::watcher::tests::Files;
    use crate::watcher::tests::random::{NAMES, Random, operate};

    /// Finds the names in directories that exist and have no link in their paths, as the survey does.
    fn follow(unreported: &mut Unreported, root: &Path) {
        let names = NAMES.iter().map(|name| root.join(name));
        let is_step = |name: &PathBuf| {
            let directories = name.ancestors().skip(1);
            let mut inside = directories.take_while(|directory| directory.starts_with(root));
            inside
                .all(|directory| fs::symlink_metadata(directory).is_ok_and(|found| found.is_dir()))
        };
        unreported.replace(names.filter(is_step));
        unreported.look_at_new();
        unreported.arm();
    }

    #[test]
    fn an_alarm_and_a_look_show_the_same() {
        let mut silences = 0;
        for seed in 1..=10 {
            let mut random = Random(seed);
            let files = Files::new(&[("lib/c", ""), ("proto/in/f", ""), ("app/src/j", "")]);
            let root = files.directory.path();
            let mut unreported = Unreported::default();
            follow(&mut unreported, root);
            for step in 0..200 {
                let done = operate(&mut random, root);
                let mut looked_at = unreported.clone();
                looked_at.disarm();
                let expected = looked_at.are_the_same();
                for request in 1..=2 {
                    let found = unreported.are_the_same();
                    assert_eq!(found, expected, "{seed}, {step}, {request}: {done}");
                }
                let alarm = unreported.alarm.as_ref();
                silences += usize::from(alarm.is_some_and(|alarm| alarm.is_silent()));
                if !expected {
                    unreported.have_changed();
                    follow(&mut unreported, root);
                }
            }
        }
        assert!(silences > 100, "{silences}");
    }

    #[test]
    fn noise_silences_no_alarm_for_later_changes() {
        let files = Files::new(&[]);
        let root = files.directory.path();
        let mut unreported = Unreported::default();
        follow(&mut unreported, root);
        for number in 0..5_000 {
            files.write(&format!("noise-{number}"), "");
        }
        assert!(unreported.are_the_same());
        assert!(unreported.are_the_same());
        fs::create_dir(root.join("a")).unwrap();
        assert!(!unreported.are_the_same());
        assert!(!unreported.are_the_same());
        unreported.have_changed();
        follow(&mut unreported, root);
        assert!(unreported.are_the_same());
    }
}
