//! Tests of the watcher on files in temporary directories.

mod directories;
mod inputs;
#[cfg(target_os = "linux")]
mod proofs;
pub(super) mod random;
mod requests;
mod stamps;
mod watched;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use crate::cli::{Polling, WatchOptions};
use crate::inputs::Inputs;
use crate::watcher::baseline::{Baseline, Difference};
use crate::watcher::scope::Scope;

/// Files in a temporary directory, and the baseline of those that are inputs.
pub(super) struct Files {
    pub(super) directory: TempDir,
    baseline: Baseline,
    scope: Scope,
}

impl Files {
    /// Writes these files, all of them old.
    pub(super) fn new(files: &[(&str, &str)]) -> Files {
        let directory = tempfile::tempdir().unwrap();
        let scope = Scope::unread(directory.path(), &options(), Inputs::default());
        let files_of = Files {
            directory,
            baseline: Baseline::default(),
            scope,
        };
        for (name, text) in files {
            files_of.write(name, text);
            files_of.set_time(name, old());
        }
        files_of
    }

    /// Adopts these inputs of a build that began now.
    fn adopt(&mut self, inputs: impl FnOnce(&Path, &mut Inputs)) -> Vec<String> {
        self.adopt_since(SystemTime::now(), inputs)
    }

    /// Adopts these inputs of a build that began at `began`. Returns those that may have changed since.
    fn adopt_since(
        &mut self,
        began: SystemTime,
        inputs: impl FnOnce(&Path, &mut Inputs),
    ) -> Vec<String> {
        let mut all = Inputs::default();
        inputs(self.directory.path(), &mut all);
        self.scope = self.scope.built(all, began);
        let differences = self.baseline.adopt(&self.scope);
        self.read_all();
        pass(Duration::ZERO);
        self.names(&differences)
    }

    /// Verifies the inputs. Returns the differences.
    fn verify(&mut self) -> Vec<Difference> {
        let differences = self.baseline.verify(&self.scope, |_| false);
        self.read_all();
        differences
    }

    /// Verifies the inputs. Returns the names of those that differ, in order.
    fn differences(&mut self) -> Vec<String> {
        let differences = self.verify();
        self.names(&differences)
    }

    fn read_all(&mut self) {
        while self.baseline.has_unread() {
            self.baseline.read_some();
        }
    }

    fn names(&self, differences: &[Difference]) -> Vec<String> {
        let mut names: Vec<_> = differences
            .iter()
            .map(|difference| self.name(&difference.path))
            .collect();
        names.sort();
        names
    }

    fn name(&self, path: &Path) -> String {
        let inside = path.strip_prefix(self.directory.path()).unwrap_or(path);
        inside.display().to_string()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn set_time(&self, name: &str, time: SystemTime) {
        let file = File::open(self.path(name)).unwrap();
        file.set_modified(time).unwrap();
    }

    /// Sets the times of the directory and of all in it.
    fn set_times(&self, name: &str, time: SystemTime) {
        for path in inside(&self.path(name)) {
            self.set_time(&self.name(&path), time);
        }
        self.set_time(name, time);
    }

    fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    fn link(&self, target: &str, name: &str) {
        let _ = fs::remove_file(self.path(name));
        std::os::unix::fs::symlink(target, self.path(name)).unwrap();
    }
}

/// Returns all paths in a directory.
fn inside(directory: &Path) -> BTreeSet<PathBuf> {
    let mut paths = BTreeSet::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_type().unwrap().is_dir() {
            paths.extend(inside(&entry.path()));
        }
        paths.insert(entry.path());
    }
    paths
}

fn options() -> WatchOptions {
    WatchOptions {
        path: Vec::new(),
        exclude_dir: Vec::new(),
        all: false,
        poll: Polling::Auto,
        debounce: Duration::from_millis(1),
    }
}

/// A time before every build here.
fn old() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_123)
}

/// Waits until a file that is written now has a time after this one by more than `time`: the clock of a file system lags behind.
fn pass(time: Duration) {
    let end = SystemTime::now() + time;
    let probe = tempfile::NamedTempFile::new().unwrap();
    let written = || {
        fs::write(&probe, "").unwrap();
        fs::metadata(&probe).unwrap().modified().unwrap()
    };
    while written() <= end {}
}
