//! The files that are polled: those in directories whose changes no event reports, unless they are inputs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::watcher::attributes::Attributes;

/// The directories that are polled one after the other, so that requests never wait for all of them.
#[derive(Debug, Default)]
pub(super) struct Polled {
    /// The content of each directory when it was read last. `None` before that.
    directories: BTreeMap<PathBuf, Option<Content>>,
    /// The directories that are still to be read in this round.
    left: Vec<PathBuf>,
    round: Option<Round>,
    /// The paths that have come, changed or gone.
    changes: Vec<PathBuf>,
}

/// The attributes of what is in a directory.
type Content = BTreeMap<PathBuf, Attributes>;

/// The time of a round, and the time that reading took.
#[derive(Clone, Copy, Debug)]
struct Round {
    began: Instant,
    took: Duration,
}

impl Polled {
    /// The least time between two rounds.
    const INTERVAL: Duration = Duration::from_secs(1);
    /// The pause after a round, in multiples of the time that it took: 10 % of a core.
    const PAUSE: u32 = 10;
    /// The most paths that are compared in one directory.
    const LIMIT: usize = 10_000;

    /// Polls exactly these directories. Those that stay keep their content.
    pub(super) fn replace(&mut self, directories: impl IntoIterator<Item = PathBuf>) {
        let mut known = std::mem::take(&mut self.directories);
        for directory in directories {
            let content = known.remove(&directory).flatten();
            self.directories.insert(directory, content);
        }
        self.left
            .retain(|directory| self.directories.contains_key(directory));
    }

    /// Returns `true` if a directory is to be read now.
    pub(super) fn is_due(&self) -> bool {
        let has_rested = self.round.is_none_or(|round| {
            let pause = Self::INTERVAL.max(round.took * Self::PAUSE);
            round.began.elapsed() >= pause
        });
        let is_idle = self.changes.is_empty() && !self.directories.is_empty();
        is_idle && (!self.left.is_empty() || has_rested)
    }

    /// Reads the next directory.
    pub(super) fn look(&mut self) {
        let began = Instant::now();
        if self.left.is_empty() {
            self.left.extend(self.directories.keys().rev().cloned());
            self.round = Some(Round {
                began,
                took: Duration::ZERO,
            });
        }
        let Some(directory) = self.left.pop() else {
            return;
        };
        let found = content(&directory);
        let content = self.directories.get_mut(&directory);
        if let Some(known) = content.and_then(|content| content.replace(found.clone())) {
            self.changes.extend(differing(&known, &found));
        }
        if let Some(round) = &mut self.round {
            round.took += began.elapsed();
        }
    }

    /// Takes the paths that have come, changed or gone.
    pub(super) fn changes(&mut self) -> Vec<PathBuf> {
        std::mem::take(&mut self.changes)
    }

    /// Returns `true` if a path has come, changed or gone.
    pub(super) fn have_changed(&self) -> bool {
        !self.changes.is_empty()
    }
}

fn content(directory: &Path) -> Content {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let attributes = entries.take(Polled::LIMIT).filter_map(|entry| {
        let metadata = entry.metadata().ok()?;
        Some((entry.path(), Attributes::of_metadata(&metadata)))
    });
    attributes.collect()
}

/// Returns the paths that are in one only, or differ. A directory differs only from something else: its own content is polled.
fn differing(known: &Content, found: &Content) -> BTreeSet<PathBuf> {
    let differ = |path: &&PathBuf| match (known.get(*path), found.get(*path)) {
        (Some(old), Some(new)) => {
            let are_files = old.is_file() && new.is_file();
            old.kind != new.kind || are_files && old != new
        }
        _ => true,
    };
    let paths = known.keys().chain(found.keys());
    paths.filter(differ).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads all directories once.
    fn round(polled: &mut Polled) -> Vec<PathBuf> {
        polled.look();
        while !polled.left.is_empty() {
            polled.look();
        }
        polled.changes()
    }

    #[test]
    fn each_change_in_a_polled_directory_is_found_once() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        fs::create_dir(at("css")).unwrap();
        fs::write(at("a.html"), "a").unwrap();
        let mut polled = Polled::default();
        polled.replace([root.path().to_owned(), at("css")]);
        assert_eq!(round(&mut polled), [""; 0].map(PathBuf::from));

        fs::write(at("a.html"), "longer").unwrap();
        assert_eq!(round(&mut polled), [at("a.html")]);
        fs::write(at("css/b.css"), "b").unwrap();
        assert_eq!(round(&mut polled), [at("css/b.css")]);
        fs::remove_file(at("a.html")).unwrap();
        assert_eq!(round(&mut polled), [at("a.html")]);
        fs::create_dir(at("new")).unwrap();
        assert_eq!(round(&mut polled), [at("new")]);
        assert_eq!(round(&mut polled), [""; 0].map(PathBuf::from));
    }

    #[test]
    fn a_round_is_due_at_its_interval_and_until_it_has_ended() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("css")).unwrap();
        let mut polled = Polled::default();
        assert!(!polled.is_due());
        polled.replace([root.path().to_owned(), root.path().join("css")]);
        assert!(polled.is_due());
        polled.look();
        assert!(polled.is_due());
        polled.look();
        assert!(!polled.is_due());
    }
}
