//! The marks by which a file that was replaced or written differs from before.

use std::fs::Metadata;
use std::path::Path;
use std::time::SystemTime;

/// The time, the length and the inode of a file, or `None` if it cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamp(Option<(SystemTime, u64, u64)>);

impl Stamp {
    /// Returns that of the file at this path. Symbolic links are followed: Kubernetes replaces a link to the directory.
    pub(crate) fn of(path: &Path) -> Stamp {
        let marks = path.metadata().ok().and_then(|metadata| {
            Some((metadata.modified().ok()?, metadata.len(), inode(&metadata)))
        });
        Stamp(marks)
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}
