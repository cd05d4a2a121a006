//! The watched directories, each registered by itself, so that neither git's ignored directories nor cargo's own are watched.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ignore::WalkBuilder;
use notify::{Config, ErrorKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::watcher::scope::Scope;

/// An event from notify's thread.
pub(super) type FileEvent = notify::Result<notify::Event>;

/// The watched directories.
pub(super) struct Tree {
    watcher: Box<dyn notify::Watcher + Send>,
    /// Kept for the watcher that replaces this one when the system's limit is reached.
    send: SendEvent,
    reports: Reports,
    directories: BTreeSet<PathBuf>,
    warnings: Vec<String>,
}

/// The events that the system reports when a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reports {
    /// Each write, and the closing of the file after the last one.
    Closing,
    /// A change of the file, maybe several times for one save.
    Changes,
    /// None: files are polled.
    Nothing,
}

/// Sends an event from notify's thread.
type SendEvent = Arc<dyn Fn(FileEvent) + Send + Sync>;

impl Tree {
    /// Returns a tree that watches nothing yet. With `poll`, files are polled in that interval.
    pub(super) fn new(
        poll: Option<Duration>,
        send: impl Fn(FileEvent) + Send + Sync + 'static,
    ) -> notify::Result<Tree> {
        let send: SendEvent = Arc::new(send);
        let sender = send.clone();
        let (watcher, warning): (Box<dyn notify::Watcher + Send>, _) = match poll {
            Some(interval) => (Box::new(polling(interval, send.clone())?), None),
            None => match RecommendedWatcher::new(move |event| sender(event), Config::default()) {
                Ok(watcher) => (Box::new(watcher), None),
                Err(error) => (
                    Box::new(polling(FALLBACK, send.clone())?),
                    Some(format!(
                        "the system reports no file events ({error}); polling every 500 ms"
                    )),
                ),
            },
        };
        Ok(Tree {
            reports: match poll {
                None if warning.is_none() => Reports::OF_SYSTEM,
                _ => Reports::Nothing,
            },
            watcher,
            send,
            directories: BTreeSet::new(),
            warnings: warning.into_iter().collect(),
        })
    }

    /// Watches exactly the directories of `scope`.
    pub(super) fn rescan(&mut self, scope: &Scope) {
        let mut wanted = BTreeSet::new();
        let found = scope
            .roots()
            .flat_map(|root| walk(root, scope))
            .filter(|(_, is_directory)| *is_directory)
            .map(|(path, _)| path)
            .chain(scope.single_directories());
        // Each directory is watched before it is read, so that no file can appear in it unnoticed.
        self.watch_all(found.inspect(|directory| wanted.extend([directory.clone()])));
        let unwanted: Vec<PathBuf> = self.directories.difference(&wanted).cloned().collect();
        for directory in unwanted {
            self.unwatch(&directory);
        }
    }

    /// Watches these directories too, each by itself.
    pub(super) fn watch_all(&mut self, directories: impl IntoIterator<Item = PathBuf>) {
        let mut is_exhausted = false;
        // macOS restarts its event stream with every addition, so they are committed together.
        let mut watched = self.watcher.paths_mut();
        for directory in directories {
            if self.directories.contains(&directory) {
                continue;
            }
            // Other errors mean that the directory is gone again. If it comes back, so does its event.
            match watched.add(&directory, RecursiveMode::NonRecursive) {
                Err(error) if !matches!(error.kind, ErrorKind::MaxFilesWatch) => continue,
                added => is_exhausted |= added.is_err(),
            }
            self.directories.insert(directory);
        }
        is_exhausted |= watched.commit().is_err();
        if is_exhausted {
            self.fall_back();
        }
    }

    /// Watches a new directory and those in it. Returns the files that are in there already.
    pub(super) fn add(&mut self, directory: &Path, scope: &Scope) -> Vec<PathBuf> {
        if !scope.covers(directory) {
            return Vec::new();
        }
        let mut files = Vec::new();
        for (path, is_directory) in walk(directory, scope) {
            if is_directory {
                self.watch_all([path]);
            } else {
                files.push(path);
            }
        }
        files
    }

    /// Forgets a deleted directory and those that were in it. Returns `true` if it was watched.
    pub(super) fn remove(&mut self, directory: &Path) -> bool {
        if !self.directories.contains(directory) {
            return false;
        }
        let gone: Vec<PathBuf> = self
            .directories
            .range(directory.to_owned()..)
            .take_while(|path| path.starts_with(directory))
            .cloned()
            .collect();
        for path in gone {
            self.unwatch(&path);
        }
        true
    }

    /// Watches a single file. Returns `true` if the system reports its changes as they happen.
    #[cfg(target_os = "linux")]
    pub(super) fn watch_file(&mut self, path: &Path) -> bool {
        self.reports != Reports::Nothing
            && self
                .watcher
                .watch(path, RecursiveMode::NonRecursive)
                .is_ok()
    }

    pub(super) fn reports(&self) -> Reports {
        self.reports
    }

    /// Takes the warnings for the user that are new.
    pub(super) fn warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }

    fn unwatch(&mut self, directory: &Path) {
        self.directories.remove(directory);
        // An error means that the system has dropped the watch already, with the directory.
        let _ = self.watcher.unwatch(directory);
    }

    /// Polls instead: the system's limit of watches is reached.
    fn fall_back(&mut self) {
        let Ok(mut watcher) = polling(FALLBACK, self.send.clone()) else {
            return;
        };
        self.directories.retain(|directory| {
            watcher
                .watch(directory, RecursiveMode::NonRecursive)
                .is_ok()
        });
        self.watcher = Box::new(watcher);
        self.reports = Reports::Nothing;
        self.warnings.push(
            "the system's limit of file watches is reached; polling every 500 ms. Raise it with \
             `sysctl fs.inotify.max_user_watches=524288`"
                .to_owned(),
        );
    }
}

impl Reports {
    const OF_SYSTEM: Reports = if cfg!(target_os = "linux") {
        Reports::Closing
    } else {
        Reports::Changes
    };
}

/// The interval in which files are polled when the system reports no events.
const FALLBACK: Duration = Duration::from_millis(500);

fn polling(interval: Duration, send: SendEvent) -> notify::Result<PollWatcher> {
    // File times are compared by the second, so the second of two saves within one second would be missed.
    let config = Config::default()
        .with_poll_interval(interval)
        .with_compare_contents(true);
    PollWatcher::new(move |event| send(event), config)
}

/// Lists a directory recursively, itself first, without what git ignores. Each path comes with `true` if it is a directory.
fn walk(root: &Path, scope: &Scope) -> impl Iterator<Item = (PathBuf, bool)> + use<> {
    let scope = scope.clone();
    WalkBuilder::new(root)
        .require_git(false)
        .filter_entry(move |entry| !scope.excludes(entry.path()))
        .build()
        .filter_map(Result::ok)
        .map(|entry| {
            let is_directory = entry.file_type().is_some_and(|kind| kind.is_dir());
            (entry.into_path(), is_directory)
        })
}
