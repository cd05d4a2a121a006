//! The attributes of files and directories, which show a change without reading them.

use std::fs::{self, Metadata};
#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::{Duration, SystemTime};

#[cfg(target_os = "linux")]
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Statx, StatxFlags, StatxTimestamp};
#[cfg(target_os = "linux")]
use rustix::io::Errno;

/// The attributes of a file or directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) kind: Kind,
    pub(super) identity: Identity,
    pub(super) length: u64,
    pub(super) modified: Option<SystemTime>,
    /// The time of the last change to the data or the attributes, which no program can set. Unix only.
    pub(super) changed: Option<SystemTime>,
    pub(super) has_other_names: bool,
}

/// The kind of what a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Directory,
    File,
    /// A link, a pipe, a device, or the like.
    Other,
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

/// Returns the time of the last change to a file, which a program cannot set to an earlier one where the system records it.
pub(crate) fn last_change(path: &Path) -> Option<SystemTime> {
    Attributes::of(path)?.newest()
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

impl Attributes {
    /// Returns the attributes of what the path leads to, if it leads to anything.
    pub(super) fn of(path: &Path) -> Option<Attributes> {
        let metadata = fs::metadata(path).ok()?;
        Some(Attributes::of_metadata(&metadata))
    }

    pub(super) fn of_metadata(metadata: &Metadata) -> Attributes {
        Attributes {
            kind: match metadata.file_type() {
                kind if kind.is_dir() => Kind::Directory,
                kind if kind.is_file() => Kind::File,
                _ => Kind::Other,
            },
            identity: Identity::of(metadata),
            length: metadata.len(),
            modified: metadata.modified().ok(),
            changed: changed(metadata),
            has_other_names: has_other_names(metadata),
        }
    }

    pub(super) fn is_file(&self) -> bool {
        self.kind == Kind::File
    }

    /// The newest of the times.
    pub(super) fn newest(&self) -> Option<SystemTime> {
        self.modified.max(self.changed)
    }

    /// Returns `true` for a file that is being cut off just now, and was `old` before. Linux's file systems shorten it first and set
    /// its times then, some milliseconds later on a busy machine. Events follow.
    pub(super) fn is_being_cut_off(&self, old: &Attributes) -> bool {
        let with_length = Attributes {
            length: self.length,
            ..*old
        };
        self.length < old.length && self.changed.is_some() && *self == with_length
    }

    /// Returns `true` if a write after `taken`, when these were looked up, may have left them as they are: in the same tick of the
    /// clock.
    pub(super) fn is_racy(&self, taken: SystemTime) -> bool {
        /// The most by which the clock of a file server is taken to be ahead.
        const AHEAD: Duration = Duration::from_secs(10);
        let last = self.changed.or(self.modified);
        last.is_none_or(|last| {
            let ahead = last.duration_since(taken).unwrap_or_default();
            is_at(last, taken) && ahead < AHEAD
        })
    }
}

/// Returns `true` if a file with this time may have been written at `moment` or later.
///
/// The clock of a file system lags behind: Linux's by a tick, of 10 ms at most. Some file systems only store seconds.
pub(super) fn is_at(time: SystemTime, moment: SystemTime) -> bool {
    const TICK: Duration = Duration::from_millis(20);
    const COARSE: Duration = Duration::from_secs(2);
    let since_epoch = time.duration_since(SystemTime::UNIX_EPOCH);
    let is_coarse = since_epoch.is_ok_and(|time| time.subsec_nanos() == 0);
    let latest = time.checked_add(if is_coarse { COARSE } else { TICK });
    latest.is_none_or(|latest| latest >= moment)
}

/// A look at many paths one after the other, of which those in one directory follow one another.
///
/// The directory is opened once for them, which takes half the time.
#[derive(Debug, Default)]
pub(super) struct Look<'a> {
    #[cfg(target_os = "linux")]
    parent: Option<&'a Path>,
    #[cfg(target_os = "linux")]
    open: Option<OwnedFd>,
    #[cfg(not(target_os = "linux"))]
    paths: std::marker::PhantomData<&'a Path>,
}

impl<'a> Look<'a> {
    /// Returns the attributes of what the path leads to, or `None` if it is absent.
    #[cfg(target_os = "linux")]
    pub(super) fn at(&mut self, path: &'a Path) -> Option<Attributes> {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Attributes::of(path);
        };
        if self.parent != Some(parent) {
            self.parent = Some(parent);
            self.open = None;
        } else if self.open.is_none() {
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            self.open = rustix::fs::open(parent, flags, Mode::empty()).ok();
        }
        let flags = StatxFlags::BASIC_STATS | StatxFlags::BTIME;
        let found = match &self.open {
            Some(open) => rustix::fs::statx(open, name, AtFlags::empty(), flags),
            None => rustix::fs::statx(CWD, path, AtFlags::empty(), flags),
        };
        match found {
            Ok(found) => Attributes::of_statx(&found).or_else(|| Attributes::of(path)),
            Err(Errno::NOENT | Errno::NOTDIR) => None,
            // An old kernel, or a sandbox, does not have the call.
            Err(_) => Attributes::of(path),
        }
    }

    /// Returns the attributes of what the path leads to, or `None` if it is absent.
    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::unused_self, reason = "directories are opened on Linux only")]
    pub(super) fn at(&mut self, path: &'a Path) -> Option<Attributes> {
        Attributes::of(path)
    }
}

#[cfg(target_os = "linux")]
impl Attributes {
    /// Returns the attributes, the same as those of [`Attributes::of`], unless the file system lacks one of them.
    fn of_statx(found: &Statx) -> Option<Attributes> {
        let has = |flags| StatxFlags::from_bits_retain(found.stx_mask).contains(flags);
        if !has(StatxFlags::BASIC_STATS) {
            return None;
        }
        let kind = match FileType::from_raw_mode(found.stx_mode.into()) {
            FileType::Directory => Kind::Directory,
            FileType::RegularFile => Kind::File,
            _ => Kind::Other,
        };
        Some(Attributes {
            kind,
            identity: Identity {
                device: rustix::fs::makedev(found.stx_dev_major, found.stx_dev_minor),
                inode: found.stx_ino,
                created: has(StatxFlags::BTIME)
                    .then(|| time(found.stx_btime))
                    .flatten(),
            },
            length: found.stx_size,
            modified: time(found.stx_mtime),
            changed: time(found.stx_ctime),
            has_other_names: kind != Kind::Directory && found.stx_nlink > 1,
        })
    }
}

#[cfg(target_os = "linux")]
fn time(stamp: StatxTimestamp) -> Option<SystemTime> {
    moment(stamp.tv_sec, stamp.tv_nsec)
}

#[cfg(unix)]
fn moment(seconds: i64, nanoseconds: u32) -> Option<SystemTime> {
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let second = if seconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(whole)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(whole)
    };
    second?.checked_add(Duration::from_nanos(nanoseconds.into()))
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt as _;
    moment(metadata.ctime(), metadata.ctime_nsec().try_into().ok()?)
}

#[cfg(not(unix))]
fn changed(_metadata: &Metadata) -> Option<SystemTime> {
    None
}

#[cfg(unix)]
fn has_other_names(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    !metadata.is_dir() && metadata.nlink() > 1
}

#[cfg(not(unix))]
fn has_other_names(_metadata: &Metadata) -> bool {
    false
}
