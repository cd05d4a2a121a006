//! Builds that change what they read: a build script that writes into the sources, something else each time.
//!
//! Each such build would be ended by the news of its own doing, and so would the next one, for ever.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::change::{Cause, Change};
use crate::phase::{Phase, Status};

/// The files that are known to be written by builds.
#[derive(Debug, Default)]
pub(super) struct Generated {
    files: HashSet<PathBuf>,
    /// What ended the last build, and how many builds it has ended in a row.
    last: Option<Cause>,
    rounds: u32,
}

/// What a change during a build is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Somebody made it.
    Person,
    /// The build made it, as is known by now.
    Build,
    /// The build made it, and nobody knew.
    Revealed,
}

impl Generated {
    /// How many builds in a row must have been ended by the same files before a build is thought of.
    const ROUNDS: u32 = 3;

    /// Who made this change, of which the loop has just heard?
    pub(super) fn source(&mut self, change: &Change, status: &Status, target_dir: &Path) -> Source {
        let (Phase::Building(_), Cause::Changed(paths)) = (&status.phase, &change.cause) else {
            return Source::Person;
        };
        if self.last.as_ref() == Some(&change.cause) {
            self.rounds += 1;
        } else {
            self.rounds = 1;
            self.last = Some(change.cause.clone());
        }
        let is_known = paths.iter().all(|path| self.files.contains(path));
        let is_suspect = is_known || self.rounds > Self::ROUNDS;
        let is_made = || {
            let runs = runs(target_dir);
            let written = |path| modified(&status.target.root.join(path));
            let mut times = paths.iter().map(written);
            times.all(|time| time.is_some_and(|time| runs.iter().any(|run| run.covers(time))))
        };
        match (is_suspect && is_made(), is_known) {
            (false, _) => Source::Person,
            (true, true) => Source::Build,
            (true, false) => {
                self.files.extend(paths.iter().cloned());
                Source::Revealed
            }
        }
    }
}

/// A run of a build script.
struct Run {
    began: SystemTime,
    /// Absent while it lasts.
    ended: Option<SystemTime>,
}

impl Run {
    /// cargo writes a file when it starts the script, and another with what the script has said.
    fn of(folder: &Path) -> Option<Run> {
        let began = modified(&folder.join("invoked.timestamp"))?;
        let ended = modified(&folder.join("output")).filter(|ended| *ended >= began);
        Some(Run { began, ended })
    }

    fn covers(&self, time: SystemTime) -> bool {
        time >= self.began && self.ended.is_none_or(|ended| time <= ended)
    }
}

/// The last run of each build script, for all profiles and target triples.
fn runs(target_dir: &Path) -> Vec<Run> {
    let profiles = folders(target_dir).flat_map(|folder| folders(&folder).chain([folder.clone()]));
    let scripts = profiles.flat_map(|profile| folders(&profile.join("build")));
    scripts.filter_map(|script| Run::of(&script)).collect()
}

fn folders(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path()).filter(|path| path.is_dir()))
}

fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|file| file.modified()).ok()
}
