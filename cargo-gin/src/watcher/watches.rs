//! The watched directories, each registered with the system by itself and once, whatever paths lead to it. Files are watched in
//! the same way if they can be written under a name that is in no watched directory.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{Config, ErrorKind, PathsMut, PollWatcher, RecommendedWatcher, RecursiveMode};

use crate::cli::Polling;
use crate::os::descriptors;
use crate::watcher::attributes::Identity;

/// An event from notify's thread.
pub(super) type FileEvent = notify::Result<notify::Event>;

/// The watched directories.
pub(super) struct Watches {
    watcher: Box<dyn notify::Watcher + Send>,
    /// Kept for the watcher that replaces this one when the system's limit is reached.
    send: SendEvent,
    reports: Reports,
    registered: Registered,
    warnings: Vec<String>,
}

/// The directories that the system watches.
///
/// The system knows a directory by its identity, notify by a path. So each has one path here, and a path has one directory.
#[derive(Default)]
struct Registered {
    paths: BTreeMap<Key, PathBuf>,
    keys: BTreeMap<PathBuf, Key>,
}

/// The identity of a directory, or its path where the system has no such thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Identity(Identity),
    Path(PathBuf),
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

impl Watches {
    /// Watches nothing yet.
    pub(super) fn new(
        polling: Polling,
        send: impl Fn(FileEvent) + Send + Sync + 'static,
    ) -> notify::Result<Watches> {
        let send: SendEvent = Arc::new(send);
        let sender = send.clone();
        let (watcher, warning): (Box<dyn notify::Watcher + Send>, _) = match polling {
            Polling::Every(interval) => (Box::new(poller(interval, send.clone())?), None),
            Polling::Auto | Polling::Never => match <RecommendedWatcher as notify::Watcher>::new(
                move |event| sender(event),
                Config::default(),
            ) {
                Ok(watcher) => (Box::new(watcher), None),
                Err(error) => (
                    Box::new(poller(FALLBACK, send.clone())?),
                    Some(unavailable(&error)),
                ),
            },
        };
        Ok(Watches {
            reports: match polling {
                Polling::Auto | Polling::Never if warning.is_none() => Reports::OF_SYSTEM,
                _ => Reports::Nothing,
            },
            watcher,
            send,
            registered: Registered::default(),
            warnings: warning.into_iter().collect(),
        })
    }

    /// Watches exactly these directories. Each is watched before the next one is taken from the iterator.
    pub(super) fn replace(&mut self, directories: impl IntoIterator<Item = PathBuf>) -> Growth {
        let (wanted, growth) = self.add(directories);
        for path in self.registered.unwanted(&wanted) {
            // An error means that the system has dropped the watch already, with the directory.
            let _ = self.watcher.unwatch(&path);
        }
        growth
    }

    /// Watches these directories, too. Returns the keys of those that exist.
    fn add(&mut self, directories: impl IntoIterator<Item = PathBuf>) -> (BTreeSet<Key>, Growth) {
        let mut wanted = BTreeSet::new();
        let mut growth = Growth::None;
        let mut is_exhausted = false;
        // macOS restarts its event stream with every addition, so they are committed together.
        let mut watched = self.watcher.paths_mut();
        for directory in directories {
            let Some(key) = Key::of(&directory) else {
                continue;
            };
            if wanted.insert(key.clone()) {
                let added = self.registered.add(&directory, key, &mut *watched);
                is_exhausted |= added == Added::Exhausted;
                if added == Added::Watched {
                    growth = Growth::Grown;
                }
            }
        }
        is_exhausted |= watched.commit().is_err();
        if is_exhausted {
            self.fall_back();
        }
        (wanted, growth)
    }

    /// Forgets a directory whose watch the system has dropped. Returns `true` if it was watched.
    pub(super) fn forget(&mut self, directory: &Path) -> bool {
        let Some(key) = self.registered.keys.remove(directory) else {
            return false;
        };
        self.registered.paths.remove(&key);
        let _ = self.watcher.unwatch(directory);
        true
    }

    /// Watches a single file. Returns `true` if the system reports its changes as they happen.
    #[cfg(target_os = "linux")]
    pub(super) fn watch_file(&mut self, path: &Path) -> bool {
        let mode = RecursiveMode::NonRecursive;
        self.reports != Reports::Nothing && self.watcher.watch(path, mode).is_ok()
    }

    /// Returns `true` if a directory is watched, by whatever path.
    pub(super) fn holds(&self, directory: &Path) -> bool {
        self.registered.keys.contains_key(directory)
            || Key::of(directory).is_some_and(|key| self.registered.paths.contains_key(&key))
    }

    pub(super) fn reports(&self) -> Reports {
        self.reports
    }

    /// Takes the warnings for the user that are new.
    pub(super) fn warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }

    /// Polls instead, nothing yet: the system's limit of watches is reached.
    fn fall_back(&mut self) {
        let Ok(watcher) = poller(FALLBACK, self.send.clone()) else {
            return;
        };
        self.watcher = Box::new(watcher);
        self.registered = Registered::default();
        self.reports = Reports::Nothing;
        self.warnings.push(
            "the system's limit of file watches is reached; polling every 500 ms. Raise it with \
             `sysctl fs.inotify.max_user_watches=524288`"
                .to_owned(),
        );
    }
}

/// The growth of the watched directories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Growth {
    None,
    /// A directory is watched that was not watched before.
    Grown,
}

/// The result of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Added {
    /// The directory is watched from now on.
    Watched,
    /// The directory was watched already, or is gone again. If it comes back, so does its event.
    Settled,
    /// The system's limit of watches is reached.
    Exhausted,
}

impl Registered {
    /// Registers a directory under this path, and under no other.
    fn add(&mut self, path: &Path, key: Key, watched: &mut dyn PathsMut) -> Added {
        match self.paths.get(&key) {
            Some(known) if known == path => return Added::Settled,
            // Another path still leads to the same directory: that one watch serves both.
            Some(known) if Key::of(known).as_ref() == Some(&key) => return Added::Settled,
            Some(known) => {
                let _ = watched.remove(known);
                self.keys.remove(known);
                self.paths.remove(&key);
            }
            None => {}
        }
        if let Some(former) = self.keys.remove(path) {
            let _ = watched.remove(path);
            self.paths.remove(&former);
        }
        let added = match watched.add(path, RecursiveMode::NonRecursive) {
            Err(error) if !matches!(error.kind, ErrorKind::MaxFilesWatch) => return Added::Settled,
            Err(_) => Added::Exhausted,
            Ok(()) => Added::Watched,
        };
        self.paths.insert(key.clone(), path.to_owned());
        self.keys.insert(path.to_owned(), key);
        added
    }

    /// Removes the directories that are not wanted, and returns their paths.
    fn unwanted(&mut self, wanted: &BTreeSet<Key>) -> Vec<PathBuf> {
        let (kept, unwanted) = std::mem::take(&mut self.paths)
            .into_iter()
            .partition::<BTreeMap<_, _>, _>(|(key, _)| wanted.contains(key));
        self.paths = kept;
        let unwanted: Vec<PathBuf> = unwanted.into_values().collect();
        for path in &unwanted {
            self.keys.remove(path);
        }
        unwanted
    }
}

impl Key {
    fn of(path: &Path) -> Option<Key> {
        let metadata = fs::metadata(path).ok()?;
        Some(if cfg!(unix) {
            Key::Identity(Identity::of(&metadata))
        } else {
            Key::Path(path.to_owned())
        })
    }
}

impl Reports {
    const OF_SYSTEM: Reports = if cfg!(target_os = "linux") {
        Reports::Closing
    } else {
        Reports::Changes
    };
}

/// Returns the warning that the system gives this process no watcher.
fn unavailable(error: &notify::Error) -> String {
    let remedy = match &error.kind {
        ErrorKind::Io(error) if descriptors::is_exhaustion(error) => {
            ". Raise the limit of programs that watch files with `sysctl fs.inotify.max_user_instances=1024`"
        }
        _ => "",
    };
    format!("the system reports no file events ({error}); polling every 500 ms{remedy}")
}

/// The interval in which files are polled when the system reports no events.
const FALLBACK: Duration = Duration::from_millis(500);

fn poller(interval: Duration, send: SendEvent) -> notify::Result<PollWatcher> {
    // File times are compared by the second, so the second of two saves within one second would be missed.
    let config = Config::default()
        .with_poll_interval(interval)
        .with_compare_contents(true);
    PollWatcher::new(move |event| send(event), config)
}
