//! The stamp of a path: enough of what it leads to now to notice a change.

use std::fs::File;
use std::hash::{DefaultHasher, Hasher as _};
use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

use crate::watcher::attributes::{Attributes, Kind, is_at};

/// The state of a path. Links are followed, each of its components as it is now.
#[derive(Clone, Debug)]
pub(super) enum Stamp {
    /// It leads to nothing, or to something that cannot be read.
    Absent,
    Present(Present),
}

/// The state of a file or directory.
#[derive(Clone, Debug)]
pub(super) struct Present {
    attributes: Attributes,
    taken: SystemTime,
    content: Content,
}

/// The content of a file, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    /// It was not read yet.
    Unread,
    /// Its hash.
    Hash(u64),
    /// It is larger than [`LIMIT`].
    Large,
    /// There is none, or it cannot be read.
    None,
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

/// The largest file whose content is compared: 1 MiB. A larger one counts as changed whenever its attributes differ.
const LIMIT: u64 = 1 << 20;

/// The same for a file whose attributes cannot show the next change: 64 MiB. A larger one then counts as changed.
const RACY_LIMIT: u64 = 64 << 20;

impl Stamp {
    /// Takes the stamp of a path. The content is read only where the attributes would not show the next change.
    pub(super) fn take(path: &Path) -> Stamp {
        let taken = SystemTime::now();
        let Some(attributes) = Attributes::of(path) else {
            return Stamp::Absent;
        };
        let content = if attributes.is_racy(taken) {
            Content::of(path, &attributes, RACY_LIMIT)
        } else {
            Content::Unread
        };
        Stamp::Present(Present {
            attributes,
            taken,
            content,
        })
    }

    /// Returns `true` if the attributes, just looked up, prove that nothing has changed.
    pub(super) fn proves(&self, attributes: Option<&Attributes>) -> bool {
        match (self, attributes) {
            (Stamp::Absent, None) => true,
            (Stamp::Present(old), Some(new)) => old.attributes == *new && !old.is_racy(),
            _ => false,
        }
    }

    /// Compares the path with this stamp of it.
    pub(super) fn compare(&self, path: &Path) -> Comparison {
        match (self, Stamp::take(path)) {
            (Stamp::Absent, Stamp::Absent) => Comparison::Same,
            (Stamp::Present(old), Stamp::Present(new))
                if old.is_directory() == new.is_directory() =>
            {
                old.compare(path, new)
            }
            (_, mut new) => {
                new.read(path);
                Comparison::Changed(new)
            }
        }
    }

    /// Returns `true` if the content was not read yet.
    pub(super) fn is_unread(&self) -> bool {
        matches!(self, Stamp::Present(present) if present.content == Content::Unread)
    }

    /// Reads the content, if it was not read yet. A change since the stamp was taken is left to the next comparison.
    pub(super) fn read(&mut self, path: &Path) {
        let Stamp::Present(present) = self else {
            return;
        };
        if present.content != Content::Unread {
            return;
        }
        present.content = Content::of(path, &present.attributes, LIMIT);
        if Attributes::of(path) != Some(present.attributes) {
            present.content = Content::None;
        }
    }

    /// Returns the hash of a file's content, if it is known.
    pub(super) fn content(&self) -> Option<u64> {
        match self {
            Stamp::Present(present) => present.content.hash(),
            Stamp::Absent => None,
        }
    }

    pub(super) fn is_directory(&self) -> bool {
        matches!(self, Stamp::Present(present) if present.is_directory())
    }

    /// Returns `true` for a file that can be written under another name, without an event in its own directory.
    pub(super) fn has_other_names(&self) -> bool {
        matches!(self, Stamp::Present(present) if present.attributes.has_other_names)
    }

    /// Returns `true` if something of this path has changed since `time`, as far as the clock of the file system can show.
    pub(super) fn is_newer_than(&self, time: SystemTime) -> bool {
        let Stamp::Present(present) = self else {
            return false;
        };
        let attributes = &present.attributes;
        let newest = match attributes.kind {
            Kind::Directory => attributes.modified,
            Kind::File | Kind::Other => attributes.newest(),
        };
        newest.is_some_and(|newest| is_at(newest, time))
    }

    /// Returns `true` for a file that cargo takes for older than `time`, although it may have come since.
    pub(super) fn seems_older_than(&self, time: SystemTime) -> bool {
        let Stamp::Present(present) = self else {
            return false;
        };
        let modified = present.attributes.modified;
        modified.is_some_and(|modified| modified <= time)
    }
}

impl Present {
    fn compare(&self, path: &Path, mut new: Present) -> Comparison {
        let has_same_time = self.attributes.modified == new.attributes.modified;
        let has_same_attributes = self.attributes == new.attributes;
        if has_same_attributes && !self.is_racy() {
            return Comparison::Same;
        }
        // With its old time, it would pass for a file that cargo misses.
        if new.attributes.is_being_cut_off(&self.attributes) && !self.is_racy() {
            return Comparison::Same;
        }
        if self.content.hash().is_some() && new.content == Content::Unread {
            new.content = Content::of(path, &new.attributes, RACY_LIMIT);
        }
        // Cargo builds a file again that has a newer time. One that has an older time may have been written just before, and the
        // build that this has caused may not notice.
        let is_same = if self.is_directory() {
            has_same_time
        } else if has_same_attributes {
            self.content == Content::None
                || self.content.hash() == new.content.hash() && self.content != Content::Large
        } else {
            let hash = self.content.hash();
            has_same_time && hash.is_some() && hash == new.content.hash()
        };
        if is_same {
            Comparison::Restamped(Stamp::Present(new))
        } else {
            Comparison::Changed(Stamp::Present(new))
        }
    }

    fn is_directory(&self) -> bool {
        self.attributes.kind == Kind::Directory
    }

    fn is_racy(&self) -> bool {
        self.attributes.is_racy(self.taken)
    }
}

impl Content {
    /// Reads a regular file. Others are never opened: a pipe would block.
    fn of(path: &Path, attributes: &Attributes, limit: u64) -> Content {
        if attributes.kind != Kind::File {
            return Content::None;
        }
        if attributes.length > limit {
            return Content::Large;
        }
        // Files of `/proc` claim to be empty, and reading some of them blocks.
        let file = File::open(path).map(|file| file.take(attributes.length));
        file.and_then(hash).map_or(Content::None, Content::Hash)
    }

    fn hash(self) -> Option<u64> {
        match self {
            Content::Hash(hash) => Some(hash),
            Content::Unread | Content::Large | Content::None => None,
        }
    }
}

fn hash(mut file: impl Read) -> io::Result<u64> {
    let mut hasher = DefaultHasher::new();
    let mut buffer = [0; 16 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(length) => hasher.write(buffer.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Returns the hash of a regular file's content, unless it is large.
pub(super) fn content(path: &Path) -> Option<u64> {
    Content::of(path, &Attributes::of(path)?, LIMIT).hash()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// The stamp of a file with ten bytes, taken this long after it was written.
    fn ten_bytes(age: Duration) -> Present {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "0123456789").unwrap();
        let attributes = Attributes::of(file.path()).unwrap();
        Present {
            attributes,
            taken: attributes.newest().unwrap() + age,
            content: Content::Unread,
        }
    }

    #[test]
    fn a_file_that_is_being_cut_off_has_not_changed_yet() {
        let later = |time: Option<SystemTime>| time.map(|time| time + Duration::from_millis(1));
        for (age, is_settled) in [(Duration::from_secs(1), true), (Duration::ZERO, false)] {
            let old = ten_bytes(age);
            let mut cut_off = old.clone();
            cut_off.attributes.length = 0;
            let mut written = cut_off.clone();
            written.attributes.changed = later(written.attributes.changed);
            let mut grown = old.clone();
            grown.attributes.length = 11;
            for (new, is_same) in [(cut_off, is_settled), (written, false), (grown, false)] {
                let comparison = old.compare(Path::new("/"), new.clone());
                let found = matches!(comparison, Comparison::Same);
                assert_eq!(found, is_same, "{age:?}: {new:?}");
            }
        }
    }
}
