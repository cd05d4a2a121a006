//! The stamp of a path: enough of what it leads to now to notice any change.

use std::fs::{self, Metadata};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// The state of a path. Links are followed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Stamp {
    Absent,
    File(Attributes),
    /// A directory, with the hash of the attributes of all that is in it, and the newest time of these.
    Directory(u64, SystemTime),
    /// A directory with too much in it. Equals nothing, not even itself.
    Unknown,
}

/// The attributes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Attributes {
    is_file: bool,
    length: u64,
    modified: Option<SystemTime>,
    /// The time of the last change to the data or the attributes, which no program can set. Unix only.
    changed: Option<SystemTime>,
    /// Its device and its number there. Unix only.
    identity: (u64, u64),
}

impl Stamp {
    /// The most files and directories in a directory.
    const MOST: usize = 5_000;

    /// Takes the stamp of a path. Of a directory, what is in `excluded` does not count.
    pub(super) fn of(path: &Path, excluded: &[PathBuf]) -> Stamp {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => Stamp::of_directory(path, excluded),
            Ok(metadata) => Stamp::File(Attributes::of(&metadata)),
            Err(_) => Stamp::Absent,
        }
    }

    fn of_directory(directory: &Path, excluded: &[PathBuf]) -> Stamp {
        let mut waiting = vec![directory.to_owned()];
        let mut found = Vec::new();
        while let Some(directory) = waiting.pop() {
            for entry in fs::read_dir(&directory).into_iter().flatten().flatten() {
                let path = entry.path();
                if excluded.contains(&path) || entry.file_name() == ".git" {
                    continue;
                }
                let Ok(metadata) = fs::metadata(&path) else {
                    continue;
                };
                if metadata.is_dir() && !path.is_symlink() {
                    waiting.push(path.clone());
                }
                found.push((path, Attributes::of(&metadata)));
                if found.len() > Stamp::MOST {
                    return Stamp::Unknown;
                }
            }
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        let newest = found
            .iter()
            .filter_map(|(_, attributes)| attributes.newest());
        let newest = newest.max().unwrap_or(SystemTime::UNIX_EPOCH);
        let mut hasher = DefaultHasher::new();
        found.hash(&mut hasher);
        Stamp::Directory(hasher.finish(), newest)
    }

    /// Returns `true` if the path has not changed between the two stamps.
    pub(super) fn proves(&self, later: &Stamp) -> bool {
        match (self, later) {
            (Stamp::Absent, Stamp::Absent) => true,
            (Stamp::File(one), Stamp::File(other)) => one == other,
            (Stamp::Directory(one, _), Stamp::Directory(other, _)) => one == other,
            _ => false,
        }
    }

    /// Returns `true` if the path may have changed since `time`.
    pub(super) fn is_newer_than(&self, time: SystemTime) -> bool {
        let newest = match self {
            Stamp::Absent => return false,
            Stamp::Unknown => None,
            Stamp::File(attributes) => attributes.newest(),
            Stamp::Directory(_, newest) => Some(*newest),
        };
        newest.is_none_or(|newest| is_at(newest, time))
    }

    /// Returns `true` if both lead to the same file of this machine.
    pub(super) fn is_same_file(&self, other: &Stamp) -> bool {
        matches!((self, other), (Stamp::File(one), Stamp::File(other))
            if one.identity == other.identity && one.identity != (0, 0))
    }
}

impl Attributes {
    fn of(metadata: &Metadata) -> Attributes {
        Attributes {
            is_file: metadata.is_file(),
            length: metadata.len(),
            modified: metadata.modified().ok(),
            changed: changed(metadata),
            identity: identity(metadata),
        }
    }

    fn newest(&self) -> Option<SystemTime> {
        self.modified.max(self.changed)
    }
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt as _;
    let seconds = u64::try_from(metadata.ctime()).ok()?;
    let nanoseconds = u64::try_from(metadata.ctime_nsec()).ok()?;
    let since = Duration::from_secs(seconds) + Duration::from_nanos(nanoseconds);
    SystemTime::UNIX_EPOCH.checked_add(since)
}

#[cfg(not(unix))]
fn changed(_metadata: &Metadata) -> Option<SystemTime> {
    None
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(_metadata: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// Returns `true` if a file with this time may have been written at `moment` or later.
///
/// The clock of a file system lags behind: Linux's by a tick, of 10 ms at most. Some file systems only store seconds.
fn is_at(time: SystemTime, moment: SystemTime) -> bool {
    const TICK: Duration = Duration::from_millis(20);
    const COARSE: Duration = Duration::from_secs(2);
    let since_epoch = time.duration_since(SystemTime::UNIX_EPOCH);
    let is_coarse = since_epoch.is_ok_and(|time| time.subsec_nanos() == 0);
    let latest = time.checked_add(if is_coarse { COARSE } else { TICK });
    latest.is_none_or(|latest| latest >= moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_to_what_a_path_leads_to_shows() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("dir/file");
        let stamp = || (Stamp::of(&path, &[]), Stamp::of(root.path(), &[]));
        let same = |one: &(Stamp, Stamp), two: &(Stamp, Stamp)| {
            (one.0.proves(&two.0), one.1.proves(&two.1))
        };
        let absent = stamp();
        assert_eq!(same(&absent, &stamp()), (true, true));
        fs::create_dir(root.path().join("dir")).unwrap();
        fs::write(&path, "1").unwrap();
        let first = stamp();
        assert_eq!(same(&absent, &first), (false, false));
        assert_eq!(same(&first, &stamp()), (true, true));
        // Another file of the same time and length, as `cp -p` and a rename leave it.
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        let other = root.path().join("dir/other");
        fs::write(&other, "2").unwrap();
        fs::File::options()
            .write(true)
            .open(&other)
            .unwrap()
            .set_modified(modified)
            .unwrap();
        fs::rename(&other, &path).unwrap();
        let is_seen = cfg!(unix);
        assert_eq!(same(&first, &stamp()).0, !is_seen);
        let excluded = Stamp::of(root.path(), &[root.path().join("dir")]);
        assert!(Stamp::of(root.path().join("none").as_path(), &[]).proves(&absent.0));
        assert!(matches!(excluded, Stamp::Directory(_, time) if time == SystemTime::UNIX_EPOCH));
    }

    #[test]
    fn a_file_that_may_be_newer_is_newer() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("file");
        let before = SystemTime::now();
        fs::write(&path, "1").unwrap();
        let stamp = Stamp::of(&path, &[]);
        assert!(stamp.is_newer_than(before));
        assert!(!stamp.is_newer_than(before + Duration::from_secs(60)));
        assert!(!Stamp::Absent.is_newer_than(before));
        assert!(Stamp::Unknown.is_newer_than(before));
        assert!(!Stamp::Unknown.proves(&Stamp::Unknown));
    }
}
