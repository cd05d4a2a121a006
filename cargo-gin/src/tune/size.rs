//! Sizes of files and directories.

use std::fs::{self, Metadata};
use std::path::Path;

/// Returns the size of a file, or of all files in a directory, in bytes. A file with several names counts once.
pub(super) fn size(path: &Path) -> u64 {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return 0;
    };
    if !metadata.is_dir() {
        return metadata.len() / names(&metadata);
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| size(&entry.path())).sum()
}

#[cfg(unix)]
fn names(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(metadata).max(1)
}

#[cfg(not(unix))]
fn names(_metadata: &Metadata) -> u64 {
    1
}

/// Formats a size: "1.4 GiB", "12 MiB".
pub(super) fn bytes(size: u64) -> String {
    const MIB: u64 = 1 << 20;
    match size {
        0..MIB => format!("{} KiB", size.div_ceil(1 << 10)),
        MIB..0x4000_0000 => format!("{} MiB", size / MIB),
        _ => {
            let tenths = size / (MIB * 1024 / 10);
            format!("{}.{} GiB", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded() {
        for (size, expected) in [
            (0, "0 KiB"),
            (1, "1 KiB"),
            (5 << 20, "5 MiB"),
            (1 << 30, "1.0 GiB"),
            (3 << 29, "1.5 GiB"),
        ] {
            assert_eq!(bytes(size), expected);
        }
    }
}
