//! The marks by which files that were written or replaced differ from before.

use std::fs::Metadata;
use std::path::Path;
use std::time::SystemTime;

use crate::tls::pair::PairFiles;

/// The time, the length and the inode of both files of a pair. `None` stands for a file that cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stamp([Option<(SystemTime, u64, u64)>; 2]);

impl Stamp {
    /// Returns that of the files as they are now.
    pub(super) fn of(files: &PairFiles) -> Stamp {
        Stamp([&files.certificate, &files.key].map(|path| marks(path)))
    }
}

fn marks(path: &Path) -> Option<(SystemTime, u64, u64)> {
    let metadata = path.metadata().ok()?;
    Some((metadata.modified().ok()?, metadata.len(), inode(&metadata)))
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}
