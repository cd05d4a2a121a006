//! Builds that change what they read: a build script that writes into the sources, something else each time.
//!
//! Each such build would be ended by the news of its own doing, and so would the next one, for ever. What a package's script
//! writes into that package is read by no compiler before the script has ended, so that news of it can be left alone.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::state::{Cause, Change, Phase, Status};
use crate::workspace::Workspace;

/// The files that builds write.
#[derive(Debug, Default)]
pub(super) struct Generated {
    known: HashSet<PathBuf>,
    /// How many builds in a row were ended by these, each written while the script of its package ran.
    rounds: HashMap<PathBuf, u32>,
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
    /// How many builds in a row a file must have ended before a build is thought of.
    const ROUNDS: u32 = 3;

    /// Who made this change, of which the loop has just heard?
    pub(super) fn source(&mut self, change: &Change, status: &Status, scripts: &Scripts) -> Source {
        let (Phase::Building(_), Cause::Changed(paths)) = (&status.phase, &change.cause) else {
            self.rounds.clear();
            return Source::Person;
        };
        let files = paths.iter().map(|path| status.target.root.join(path));
        if !scripts.wrote_all(files, SystemTime::now() - status.since.elapsed()) {
            return Source::Person;
        }
        let mut is_suspect = true;
        for path in paths.iter().filter(|path| !self.known.contains(*path)) {
            let rounds = self.rounds.entry(path.clone()).or_default();
            *rounds += 1;
            is_suspect &= *rounds > Self::ROUNDS;
        }
        match (
            is_suspect,
            paths.iter().all(|path| self.known.contains(path)),
        ) {
            (false, _) => Source::Person,
            (true, true) => Source::Build,
            (true, false) => {
                self.known.extend(paths.iter().cloned());
                Source::Revealed
            }
        }
    }
}

/// The build scripts of a workspace.
#[derive(Debug, Default)]
pub(super) struct Scripts {
    /// The names of their packages, by the packages' folders.
    packages: Vec<(PathBuf, String)>,
    build_dir: PathBuf,
}

impl Scripts {
    /// Those of the packages that are built.
    pub(super) fn of(workspace: &Workspace) -> Scripts {
        let packages = workspace.scripted.iter();
        Scripts {
            packages: packages
                .map(|(folder, name)| (folder.clone(), name.clone()))
                .collect(),
            build_dir: workspace.build_dir.clone(),
        }
    }

    /// Was each of these files last written while the script of its own package ran, in the build that began then?
    fn wrote_all(&self, files: impl Iterator<Item = PathBuf>, began: SystemTime) -> bool {
        let mut runs: HashMap<&str, Vec<Run>> = HashMap::new();
        let mut is_made = |file: PathBuf| {
            let package = self.package(&file)?;
            let runs = runs.entry(package).or_insert_with(|| self.runs(package));
            let time = modified(&file)?;
            let mut runs = runs.iter().filter(|run| run.began >= began);
            Some(runs.any(|run| run.covers(time)))
        };
        let mut files = files;
        files.all(|file| is_made(file) == Some(true))
    }

    /// The package that a file is of, if that has a script.
    fn package(&self, file: &Path) -> Option<&str> {
        let packages = self.packages.iter();
        let of = packages.filter(|(folder, _)| file.starts_with(folder));
        let nearest = of.max_by_key(|(folder, _)| folder.components().count());
        nearest.map(|(_, name)| name.as_str())
    }

    /// The last run of a package's script, for each profile and target triple.
    fn runs(&self, package: &str) -> Vec<Run> {
        let tops = folders(&self.build_dir);
        let profiles = tops.flat_map(|folder| folders(&folder).chain([folder.clone()]));
        let runs = profiles.flat_map(|profile| folders(&profile.join("build")));
        runs.filter(|run| is_of(run, package))
            .filter_map(|run| Run::of(&run))
            .collect()
    }
}

/// A run of a build script.
#[derive(Debug)]
struct Run {
    began: SystemTime,
    /// Absent while it lasts.
    ended: Option<SystemTime>,
}

impl Run {
    /// cargo writes a file when it starts the script, and others with what the script has said. That with its standard output
    /// is given the time of the start, that with its errors keeps its own.
    fn of(folder: &Path) -> Option<Run> {
        let began = modified(&folder.join("invoked.timestamp"))?;
        let ended = modified(&folder.join("stderr")).filter(|ended| *ended >= began);
        Some(Run { began, ended })
    }

    fn covers(&self, time: SystemTime) -> bool {
        time >= self.began && self.ended.is_none_or(|ended| time <= ended)
    }
}

/// Is this the folder of the package's script, `NAME-HASH`?
fn is_of(folder: &Path, package: &str) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str());
    let owner = name.and_then(|name| name.rsplit_once('-'));
    owner.is_some_and(|(owner, _)| owner == package)
}

fn folders(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path()).filter(|path| path.is_dir()))
}

fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|file| file.modified()).ok()
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::Duration;

    use super::*;

    /// A time of the tests' own.
    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn write(file: &Path, time: SystemTime) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let file = File::create(file).unwrap();
        file.set_modified(time).unwrap();
    }

    #[test]
    fn only_what_a_script_can_have_written_into_its_own_package_is_made() {
        let root = tempfile::tempdir().unwrap();
        let run = root.path().join("target/debug/build/my-app-0123");
        write(&run.join("invoked.timestamp"), at(20));
        write(&run.join("output"), at(20));
        let scripts = Scripts {
            packages: vec![
                (root.path().to_owned(), "my-app".to_owned()),
                (root.path().join("other"), "other".to_owned()),
            ],
            build_dir: root.path().join("target"),
        };
        let wrote = |file: &str, time, began| {
            let file = root.path().join(file);
            write(&file, at(time));
            scripts.wrote_all([file].into_iter(), at(began))
        };
        assert!(wrote("made.rs", 90, 10), "the script still runs");
        write(&run.join("stderr"), at(30));
        for (file, time, began, expected) in [
            ("made.rs", 20, 10, true),
            ("src/made.rs", 30, 10, true),
            ("made.rs", 19, 10, false),
            ("made.rs", 31, 10, false),
            ("made.rs", 25, 21, false),
            ("other/made.rs", 25, 10, false),
        ] {
            assert_eq!(wrote(file, time, began), expected, "{file} {time} {began}");
        }
    }
}
