//! The watched directories, each registered with the system by itself and once, whatever paths lead to it. Files are watched in
//! the same way if they can be written under a name that is in no watched directory.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::time::Duration;

use notify::{Config, ErrorKind, PathsMut, PollWatcher, RecursiveMode};

use crate::cli::Polling;
use crate::os::descriptors;
use crate::watcher::attributes::Identity;
#[cfg(target_os = "linux")]
use crate::watcher::queue::Inotify;
use crate::watcher::queue::Queue;
use crate::watcher::task::Message;

/// An event from notify's thread.
pub(super) type FileEvent = notify::Result<notify::Event>;

/// The watched directories.
pub(super) struct Watches {
    source: Source,
    /// Kept for the source that replaces this one when the system's limit is reached.
    message_tx: Sender<Message>,
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

/// The source of events.
enum Source {
    /// The kernel's queue, which is read when all events up to now are needed.
    #[cfg(target_os = "linux")]
    Queue(Inotify),
    /// A thread of notify's, which sends each event.
    Thread(Box<dyn notify::Watcher + Send>),
}

impl Watches {
    /// Watches nothing yet. Messages about events go to `message_tx`.
    pub(super) fn new(polling: Polling, message_tx: &Sender<Message>) -> notify::Result<Watches> {
        let poller = |interval| poller(interval, message_tx.clone());
        let (source, warning) = match polling {
            Polling::Every(interval) => (poller(interval)?, None),
            Polling::Auto | Polling::Never => match Source::of_system(message_tx.clone()) {
                Ok(source) => (source, None),
                Err(error) => (poller(FALLBACK)?, Some(unavailable(&error))),
            },
        };
        Ok(Watches {
            reports: match polling {
                Polling::Auto | Polling::Never if warning.is_none() => Reports::OF_SYSTEM,
                _ => Reports::Nothing,
            },
            source,
            message_tx: message_tx.clone(),
            registered: Registered::default(),
            warnings: warning.into_iter().collect(),
        })
    }

    /// Returns the queue that all events up to now are in, if the system has one.
    pub(super) fn queue(&self) -> Option<&Queue> {
        match &self.source {
            #[cfg(target_os = "linux")]
            Source::Queue(inotify) => Some(inotify.queue()),
            Source::Thread(_) => None,
        }
    }

    /// Takes the events out of the queue, all up to now.
    pub(super) fn queued(&mut self) -> Vec<notify::Event> {
        match &mut self.source {
            #[cfg(target_os = "linux")]
            Source::Queue(inotify) => {
                let queued = inotify.read();
                for path in &queued.dropped {
                    self.registered.remove(path);
                }
                queued.events
            }
            Source::Thread(_) => Vec::new(),
        }
    }

    /// Watches exactly these directories. Each is watched before the next one is taken from the iterator.
    pub(super) fn replace(&mut self, directories: impl IntoIterator<Item = PathBuf>) -> Growth {
        let (wanted, growth) = self.add(directories);
        for path in self.registered.unwanted(&wanted) {
            self.source.unwatch(&path);
        }
        growth
    }

    /// Watches these directories, too. Returns the keys of those that exist.
    fn add(&mut self, directories: impl IntoIterator<Item = PathBuf>) -> (BTreeSet<Key>, Growth) {
        let mut wanted = BTreeSet::new();
        let mut growth = Growth::None;
        let mut is_exhausted = false;
        // macOS restarts its event stream with every addition, so they are committed together.
        let mut watched = self.source.paths_mut();
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

    /// Forgets a directory that has gone, with those that were in it. Returns `true` if it was watched.
    pub(super) fn forget(&mut self, directory: &Path) -> bool {
        let was_watched = self.registered.keys.contains_key(directory);
        for path in self.registered.inside(directory) {
            self.registered.remove(&path);
            self.source.unwatch(&path);
        }
        was_watched
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
        let Ok(source) = poller(FALLBACK, self.message_tx.clone()) else {
            return;
        };
        self.source = source;
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

impl Source {
    #[cfg(target_os = "linux")]
    fn of_system(message_tx: Sender<Message>) -> notify::Result<Source> {
        let wake = move || message_tx.send(Message::Queued).is_ok();
        Inotify::new(wake).map(Source::Queue)
    }

    #[cfg(not(target_os = "linux"))]
    fn of_system(message_tx: Sender<Message>) -> notify::Result<Source> {
        let watcher = <notify::RecommendedWatcher as notify::Watcher>::new(
            sender(message_tx),
            Config::default(),
        );
        Ok(Source::Thread(Box::new(watcher?)))
    }

    fn paths_mut(&mut self) -> Box<dyn PathsMut + '_> {
        match self {
            #[cfg(target_os = "linux")]
            Source::Queue(inotify) => Box::new(inotify),
            Source::Thread(watcher) => watcher.paths_mut(),
        }
    }

    /// Watches a path no longer.
    fn unwatch(&mut self, path: &Path) {
        match self {
            #[cfg(target_os = "linux")]
            Source::Queue(inotify) => inotify.unwatch(path),
            Source::Thread(watcher) => {
                // An error means that the system has dropped the watch already, with the directory.
                let _ = watcher.unwatch(path);
            }
        }
    }
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

    /// Removes what is registered under this path.
    fn remove(&mut self, path: &Path) {
        if let Some(key) = self.keys.remove(path) {
            self.paths.remove(&key);
        }
    }

    /// Returns the registered paths that are this one or in it.
    fn inside(&self, path: &Path) -> Vec<PathBuf> {
        let paths = self.keys.range(path.to_owned()..).map(|(path, _)| path);
        paths
            .take_while(|inside| inside.starts_with(path))
            .cloned()
            .collect()
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

fn poller(interval: Duration, message_tx: Sender<Message>) -> notify::Result<Source> {
    // File times are compared by the second, so the second of two saves within one second would be missed.
    let config = Config::default()
        .with_poll_interval(interval)
        .with_compare_contents(true);
    let watcher = PollWatcher::new(sender(message_tx), config)?;
    Ok(Source::Thread(Box::new(watcher)))
}

/// Returns what sends the events of a thread.
fn sender(message_tx: Sender<Message>) -> impl Fn(FileEvent) + Send + 'static {
    move |event| {
        // The receiver is gone once the dev server ends.
        let _ = message_tx.send(Message::Event(event));
    }
}
