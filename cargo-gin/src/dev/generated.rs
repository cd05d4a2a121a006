//! Sources that builds generate: build scripts that write a source file on every run, with different content each time.
//!
//! The change would cancel the very build that made it, and so on for ever. After three cancelled builds the file is known
//! and ignored while its package's script runs. That is safe: the compiler reads the package only after the script has ended.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::state::{Cause, Change, Phase, Status};
use crate::workspace::Workspace;

/// The source files that builds are known to write.
#[derive(Debug, Default)]
pub(super) struct Generated {
    known: HashSet<PathBuf>,
    /// The number of builds in a row that a change to each file has cancelled while the script of its package ran.
    rounds: HashMap<PathBuf, u32>,
}

/// The author of a change.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Author {
    User,
    Build,
    /// The build, as is known only now.
    RevealedBuild,
}

impl Generated {
    /// The number of builds in a row that a file may cancel before a build is taken for its author.
    const ROUNDS: u32 = 3;

    /// Returns the author of a change that just arrived.
    pub(super) fn author(&mut self, change: &Change, status: &Status, scripts: &Scripts) -> Author {
        let Cause::Changed(files) = &change.cause else {
            self.rounds.clear();
            return Author::User;
        };
        let is_building = matches!(status.phase, Phase::Building(_));
        let span = if is_building {
            Span::UntilNow
        } else {
            Span::UntilEnd
        };
        if !scripts.wrote_all(
            files.paths(),
            SystemTime::now() - status.since.elapsed(),
            span,
        ) {
            if !is_building {
                self.rounds.clear();
            }
            return Author::User;
        }
        let is_good = matches!(
            status.phase,
            Phase::Starting(_) | Phase::Ready(_) | Phase::Idle | Phase::Built
        );
        // The news came after the build. The compiler read the sources after the script had written them.
        if is_good && files.paths().all(|path| is_source(path)) {
            return Author::Build;
        }
        let mut is_suspect = true;
        for path in files.paths().filter(|path| !self.known.contains(*path)) {
            let rounds = self.rounds.entry(path.clone()).or_default();
            *rounds += 1;
            is_suspect &= *rounds > Self::ROUNDS;
        }
        match (
            is_suspect,
            files.paths().all(|path| self.known.contains(path)),
        ) {
            (false, _) => Author::User,
            (true, true) => Author::Build,
            (true, false) => {
                self.known.extend(files.paths().cloned());
                Author::RevealedBuild
            }
        }
    }
}

fn is_source(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "rs")
}

/// The build scripts of a workspace.
#[derive(Debug, Default)]
pub(super) struct Scripts {
    /// The names of their packages, by the packages' directories.
    packages: Vec<(PathBuf, String)>,
    build_dir: PathBuf,
}

impl Scripts {
    /// Returns the build scripts of the workspace.
    pub(super) fn of(workspace: &Workspace) -> Scripts {
        let packages = workspace.scripted.iter();
        Scripts {
            packages: packages
                .map(|(directory, name)| (directory.clone(), name.clone()))
                .collect(),
            build_dir: workspace.build_dir.clone(),
        }
    }

    /// Returns `true` if each file was last written while the script of its own package ran, in the build that began then.
    fn wrote_all<'a>(
        &self,
        mut files: impl Iterator<Item = &'a PathBuf>,
        began: SystemTime,
        span: Span,
    ) -> bool {
        let mut runs: HashMap<&str, Vec<ScriptRun>> = HashMap::new();
        let mut is_generated = |file: &Path| {
            let package = self.package(file)?;
            let runs = runs.entry(package).or_insert_with(|| self.runs(package));
            let time = modified(file)?;
            let mut runs = runs.iter().filter(|run| run.began >= began);
            Some(runs.any(|run| run.covers(time, span)))
        };
        files.all(|file| is_generated(file) == Some(true))
    }

    /// Returns the innermost package with a script that a file lies in.
    fn package(&self, file: &Path) -> Option<&str> {
        let packages = self.packages.iter();
        let of = packages.filter(|(directory, _)| file.starts_with(directory));
        let nearest = of.max_by_key(|(directory, _)| directory.components().count());
        nearest.map(|(_, name)| name.as_str())
    }

    /// Returns the last run of a package's script for each profile and target triple.
    fn runs(&self, package: &str) -> Vec<ScriptRun> {
        let tops = directories(&self.build_dir);
        let profiles = tops.flat_map(|top| directories(&top).chain([top.clone()]));
        let runs = profiles.flat_map(|profile| directories(&profile.join("build")));
        runs.filter(|run| is_of(run, package))
            .filter_map(|run| ScriptRun::read(&run))
            .collect()
    }
}

/// The part of a script's run that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Span {
    /// The script may still run.
    UntilNow,
    /// No script runs. One whose end is unknown has failed, or was cancelled.
    UntilEnd,
}

/// A run of a build script.
#[derive(Debug)]
struct ScriptRun {
    began: SystemTime,
    /// Absent while the script runs.
    ended: Option<SystemTime>,
}

impl ScriptRun {
    /// Reads the times of a run from cargo's files in its directory.
    ///
    /// Cargo writes `invoked.timestamp` when it starts a script, and `output` and `stderr` when the script has ended. It resets
    /// the time of `output` to that of the start, so `stderr` has the time of the end.
    fn read(directory: &Path) -> Option<ScriptRun> {
        let began = modified(&directory.join("invoked.timestamp"))?;
        let ended = modified(&directory.join("stderr")).filter(|ended| *ended >= began);
        Some(ScriptRun { began, ended })
    }

    fn covers(&self, time: SystemTime, span: Span) -> bool {
        let is_before_end = match (self.ended, span) {
            (Some(ended), _) => time <= ended,
            (None, Span::UntilNow) => true,
            (None, Span::UntilEnd) => false,
        };
        time >= self.began && is_before_end
    }
}

/// Returns `true` if this is a directory of the package's script, `NAME-HASH`.
fn is_of(directory: &Path, package: &str) -> bool {
    let name = directory.file_name().and_then(|name| name.to_str());
    let owner = name.and_then(|name| name.rsplit_once('-'));
    owner.is_some_and(|(owner, _)| owner == package)
}

fn directories(directory: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(directory).into_iter().flatten();
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

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn write(file: &Path, time: SystemTime) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let file = File::create(file).unwrap();
        file.set_modified(time).unwrap();
    }

    #[test]
    fn a_file_is_generated_if_written_during_a_run_of_its_build_script() {
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
        let wrote = |file: &str, time, began, span| {
            let file = root.path().join(file);
            write(&file, at(time));
            scripts.wrote_all([&file].into_iter(), at(began), span)
        };
        assert!(
            wrote("made.rs", 90, 10, Span::UntilNow),
            "the script still runs"
        );
        assert!(
            !wrote("made.rs", 90, 10, Span::UntilEnd),
            "the script has failed"
        );
        write(&run.join("stderr"), at(30));
        for (file, time, began, expected) in [
            ("made.rs", 20, 10, true),
            ("src/made.rs", 30, 10, true),
            ("made.rs", 19, 10, false),
            ("made.rs", 31, 10, false),
            ("made.rs", 25, 21, false),
            ("other/made.rs", 25, 10, false),
        ] {
            for span in [Span::UntilNow, Span::UntilEnd] {
                let wrote = wrote(file, time, began, span);
                assert_eq!(wrote, expected, "{file} {time} {began} {span:?}");
            }
        }
    }
}
