//! The stamp of a path: enough of what it leads to now to notice a change.

use std::fs::{self, File, Metadata};
use std::hash::{DefaultHasher, Hasher as _};
use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// The state of a path. Links are followed, each of its components as it is now.
#[derive(Clone, Debug)]
pub(super) enum Stamp {
    /// It leads to nothing, or to something that cannot be read.
    Absent,
    /// A directory. Its time changes with the names in it.
    Directory(Option<SystemTime>),
    File(FileStamp),
}

/// The state of a file.
#[derive(Clone, Debug)]
pub(super) struct FileStamp {
    identity: Identity,
    length: u64,
    modified: Option<SystemTime>,
    /// The time of the last change to the file's data or attributes, which no program can set.
    changed: Option<SystemTime>,
    has_other_names: bool,
    /// The hash of its content, for a file of at most [`Stamp::LIMIT`].
    content: Option<u64>,
    taken: SystemTime,
}

/// The comparison of a path with its stamp.
#[derive(Debug)]
pub(super) enum Comparison {
    Same,
    /// The attributes differ in a way that cargo does not count either. The new stamp replaces the old one.
    Restamped(Stamp),
    /// The path has changed. The new stamp replaces the old one.
    Changed(Stamp),
}

/// The identity of a file or directory among all that exist on this machine, as far as the system shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    inode: u64,
    /// The time of its creation: a new directory often gets the inode of one that was just deleted.
    created: Option<SystemTime>,
}

impl Identity {
    pub(super) fn of(metadata: &Metadata) -> Identity {
        Identity {
            #[cfg(unix)]
            device: std::os::unix::fs::MetadataExt::dev(metadata),
            #[cfg(unix)]
            inode: std::os::unix::fs::MetadataExt::ino(metadata),
            created: metadata.created().ok(),
        }
    }
}

impl Stamp {
    /// The largest file whose content is compared: 1 MiB. A larger one counts as changed whenever its attributes differ.
    const LIMIT: u64 = 1 << 20;

    /// Takes the stamp of a path.
    pub(super) fn take(path: &Path) -> Stamp {
        let taken = SystemTime::now();
        match fs::metadata(path) {
            Err(_) => Stamp::Absent,
            Ok(metadata) if metadata.is_dir() => Stamp::Directory(metadata.modified().ok()),
            Ok(metadata) => Stamp::File(FileStamp {
                content: content(path, &metadata),
                ..FileStamp::of(&metadata, taken)
            }),
        }
    }

    /// Compares the path with this stamp of it.
    pub(super) fn compare(&self, path: &Path) -> Comparison {
        let taken = SystemTime::now();
        let metadata = fs::metadata(path);
        match (self, &metadata) {
            (Stamp::Absent, Err(_)) => Comparison::Same,
            (Stamp::File(old), Ok(metadata)) if !metadata.is_dir() => {
                old.compare(path, metadata, taken)
            }
            (Stamp::Directory(old), Ok(metadata)) if metadata.is_dir() => {
                if *old == metadata.modified().ok() {
                    Comparison::Same
                } else {
                    Comparison::Changed(Stamp::Directory(metadata.modified().ok()))
                }
            }
            _ => Comparison::Changed(Stamp::take(path)),
        }
    }

    /// Returns the hash of a file's content, if it is known.
    pub(super) fn content(&self) -> Option<u64> {
        match self {
            Stamp::File(file) => file.content,
            Stamp::Absent | Stamp::Directory(_) => None,
        }
    }

    /// Returns `true` for a file that can be written under another name, without an event in its own directory.
    pub(super) fn has_other_names(&self) -> bool {
        matches!(self, Stamp::File(file) if file.has_other_names)
    }

    /// Returns `true` if something of this path has changed since `time`, as far as the clock of the file system can show.
    pub(super) fn is_newer_than(&self, time: SystemTime) -> bool {
        match self {
            Stamp::Absent => false,
            Stamp::Directory(modified) => modified.is_some_and(|modified| is_at(modified, time)),
            Stamp::File(file) => file.newest().is_some_and(|newest| is_at(newest, time)),
        }
    }

    /// Returns `true` for a file that cargo takes for older than `time`, although it may have come since.
    pub(super) fn seems_older_than(&self, time: SystemTime) -> bool {
        match self {
            Stamp::Absent => false,
            Stamp::Directory(modified) => modified.is_some_and(|modified| modified <= time),
            Stamp::File(file) => file.modified.is_some_and(|modified| modified <= time),
        }
    }
}

impl FileStamp {
    fn of(metadata: &Metadata, taken: SystemTime) -> FileStamp {
        FileStamp {
            identity: Identity::of(metadata),
            length: metadata.len(),
            modified: metadata.modified().ok(),
            changed: changed(metadata),
            has_other_names: has_other_names(metadata),
            content: None,
            taken,
        }
    }

    fn compare(&self, path: &Path, metadata: &Metadata, taken: SystemTime) -> Comparison {
        let mut new = FileStamp::of(metadata, taken);
        if self.has_attributes_of(&new) && !self.is_racy() {
            return Comparison::Same;
        }
        new.content = content(path, metadata);
        let is_same = self.content.is_some() && self.content == new.content;
        // Cargo builds a file again that has a newer time. One that has an older time may have been written just before, and the
        // build that this has caused may not notice.
        let is_touched = self.modified != new.modified;
        if self.has_attributes_of(&new) && self.content == new.content || is_same && !is_touched {
            Comparison::Restamped(Stamp::File(new))
        } else {
            Comparison::Changed(Stamp::File(new))
        }
    }

    fn has_attributes_of(&self, other: &FileStamp) -> bool {
        self.identity == other.identity
            && self.length == other.length
            && self.modified == other.modified
            && self.changed == other.changed
    }

    /// Returns `true` if the file may have been written once more after the stamp was taken, in the same tick of the clock.
    fn is_racy(&self) -> bool {
        self.newest().is_none_or(|newest| is_at(newest, self.taken))
    }

    fn newest(&self) -> Option<SystemTime> {
        self.modified.max(self.changed)
    }
}

/// Returns `true` if a file with this time may have been written at `moment` or later.
///
/// The clock of a file system lags behind: Linux's by a tick, of 10 ms at most. Some file systems only store seconds.
fn is_at(time: SystemTime, moment: SystemTime) -> bool {
    const TICK: Duration = Duration::from_millis(20);
    const COARSE: Duration = Duration::from_secs(2);
    let since_epoch = time.duration_since(SystemTime::UNIX_EPOCH);
    let is_coarse = since_epoch.is_ok_and(|time| time.subsec_nanos() == 0);
    time + if is_coarse { COARSE } else { TICK } >= moment
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt as _;
    let seconds = u64::try_from(metadata.ctime()).ok()?;
    let nanoseconds = u64::try_from(metadata.ctime_nsec()).ok()?;
    let since_epoch = Duration::from_secs(seconds) + Duration::from_nanos(nanoseconds);
    SystemTime::UNIX_EPOCH.checked_add(since_epoch)
}

#[cfg(not(unix))]
fn changed(metadata: &Metadata) -> Option<SystemTime> {
    metadata.created().ok()
}

#[cfg(unix)]
fn has_other_names(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.nlink() > 1
}

#[cfg(not(unix))]
fn has_other_names(_metadata: &Metadata) -> bool {
    false
}

/// Returns the hash of a regular file's content. Other files are never opened: a pipe would block.
pub(super) fn content(path: &Path, metadata: &Metadata) -> Option<u64> {
    if !metadata.is_file() || metadata.len() > Stamp::LIMIT {
        return None;
    }
    // Files of `/proc` claim to be empty, and reading some of them blocks.
    let mut bytes = Vec::new();
    let length = metadata.len();
    let mut file = File::open(path).ok()?.take(length);
    file.read_to_end(&mut bytes).ok()?;
    let mut hasher = DefaultHasher::new();
    hasher.write(&bytes);
    Some(hasher.finish())
}
