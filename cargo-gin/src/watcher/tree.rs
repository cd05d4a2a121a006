//! The folders that are watched, each by itself: what git ignores and cargo generates is never among them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ignore::WalkBuilder;
use notify::{Config, ErrorKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::watcher::scope::Scope;
use crate::watcher::watch::Notice;

/// The watched folders.
pub(super) struct Tree {
    watcher: Box<dyn notify::Watcher + Send>,
    tell: Tell,
    reports: Reports,
    folders: BTreeSet<PathBuf>,
    warnings: Vec<String>,
}

/// What the system says of a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reports {
    /// Each write, and when the file is closed after the last of them.
    Closing,
    /// That it is another one now.
    Changes,
    /// Nothing: we look ourselves, every now and then.
    Nothing,
}

/// Takes what notify's thread hears.
type Tell = std::sync::Arc<dyn Fn(Notice) + Send + Sync>;

impl Tree {
    /// Watches nothing yet. With `poll`, files are looked at in that interval instead of waiting for the system's word.
    pub(super) fn new(
        poll: Option<Duration>,
        tell: impl Fn(Notice) + Send + Sync + 'static,
    ) -> notify::Result<Tree> {
        let tell: Tell = std::sync::Arc::new(tell);
        let told = tell.clone();
        let (watcher, warning): (Box<dyn notify::Watcher + Send>, _) = match poll {
            Some(interval) => (Box::new(polling(interval, tell.clone())?), None),
            None => match RecommendedWatcher::new(move |notice| told(notice), Config::default()) {
                Ok(watcher) => (Box::new(watcher), None),
                Err(error) => (
                    Box::new(polling(FALLBACK, tell.clone())?),
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
            tell,
            folders: BTreeSet::new(),
            warnings: warning.into_iter().collect(),
        })
    }

    /// Watches exactly the folders of `scope`.
    pub(super) fn rescan(&mut self, scope: &Scope) {
        let mut wanted = BTreeSet::new();
        let found = scope
            .roots()
            .flat_map(|root| walk(root, scope))
            .filter(|(_, is_folder)| *is_folder)
            .map(|(path, _)| path)
            .chain(scope.single_folders());
        // Each is watched before it is looked into: of what comes into it afterwards there is news.
        self.watch_all(found.inspect(|folder| wanted.extend([folder.clone()])));
        let unwanted: Vec<PathBuf> = self.folders.difference(&wanted).cloned().collect();
        for folder in unwanted {
            self.unwatch(&folder);
        }
    }

    /// Watches these folders too, each by itself.
    pub(super) fn watch_all(&mut self, folders: impl IntoIterator<Item = PathBuf>) {
        let mut is_exhausted = false;
        // Some systems begin anew with every single addition.
        let mut watched = self.watcher.paths_mut();
        for folder in folders {
            if self.folders.contains(&folder) {
                continue;
            }
            // Other errors say that it is gone again; if it comes back, so does its event.
            match watched.add(&folder, RecursiveMode::NonRecursive) {
                Err(error) if !matches!(error.kind, ErrorKind::MaxFilesWatch) => continue,
                added => is_exhausted |= added.is_err(),
            }
            self.folders.insert(folder);
        }
        is_exhausted |= watched.commit().is_err();
        if is_exhausted {
            self.fall_back();
        }
    }

    /// Watches a new folder and those in it. Answers the files that are in there already.
    pub(super) fn add(&mut self, folder: &Path, scope: &Scope) -> Vec<PathBuf> {
        if !scope.covers(folder) {
            return Vec::new();
        }
        let mut files = Vec::new();
        for (path, is_folder) in walk(folder, scope) {
            if is_folder {
                self.watch_all([path]);
            } else {
                files.push(path);
            }
        }
        files
    }

    /// Forgets a folder that is gone, and those that were in it. Was it watched?
    pub(super) fn remove(&mut self, folder: &Path) -> bool {
        if !self.folders.contains(folder) {
            return false;
        }
        let gone: Vec<PathBuf> = self
            .folders
            .range(folder.to_owned()..)
            .take_while(|path| path.starts_with(folder))
            .cloned()
            .collect();
        for path in gone {
            self.unwatch(&path);
        }
        true
    }

    /// Watches a single file. Answers whether the system can report its changes as they happen.
    #[cfg(target_os = "linux")]
    pub(super) fn watch_file(&mut self, path: &Path) -> bool {
        self.reports != Reports::Nothing
            && self
                .watcher
                .watch(path, RecursiveMode::NonRecursive)
                .is_ok()
    }

    /// What can be expected of the system.
    pub(super) fn reports(&self) -> Reports {
        self.reports
    }

    /// What the person should know, once.
    pub(super) fn warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }

    fn unwatch(&mut self, folder: &Path) {
        self.folders.remove(folder);
        // An error says that the system had forgotten it before we did.
        let _ = self.watcher.unwatch(folder);
    }

    /// The system has no more watches to give: polls instead.
    fn fall_back(&mut self) {
        let Ok(mut watcher) = polling(FALLBACK, self.tell.clone()) else {
            return;
        };
        self.folders
            .retain(|folder| watcher.watch(folder, RecursiveMode::NonRecursive).is_ok());
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

/// How often files are looked at when events can't be had.
const FALLBACK: Duration = Duration::from_millis(500);

fn polling(interval: Duration, tell: Tell) -> notify::Result<PollWatcher> {
    // Times are compared by the second: two saves within one would be taken for the same.
    let config = Config::default()
        .with_poll_interval(interval)
        .with_compare_contents(true);
    PollWatcher::new(move |notice| tell(notice), config)
}

/// What is in a folder, the folder itself first, without what git ignores. Is each a folder?
fn walk(root: &Path, scope: &Scope) -> impl Iterator<Item = (PathBuf, bool)> + use<> {
    let scope = scope.clone();
    WalkBuilder::new(root)
        .require_git(false)
        .filter_entry(move |entry| !scope.excludes(entry.path()))
        .build()
        .filter_map(Result::ok)
        .map(|entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            (entry.into_path(), is_folder)
        })
}
