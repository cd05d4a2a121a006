//! The space on a disk.

use std::path::Path;

/// Returns the number of bytes that this user can still write below `directory`, if the system reports it.
#[cfg(unix)]
pub(crate) fn free(directory: &Path) -> Option<u64> {
    let volume = rustix::fs::statvfs(directory).ok()?;
    volume.f_bavail.checked_mul(volume.f_frsize)
}

/// Returns `None`: the standard library of Windows does not know it.
#[cfg(not(unix))]
pub(crate) fn free(_directory: &Path) -> Option<u64> {
    None
}
