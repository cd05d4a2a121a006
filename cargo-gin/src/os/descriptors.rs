//! The file descriptors of this process.

/// Returns the most file descriptors that this process may have open, if that is limited.
#[cfg(unix)]
pub(crate) fn limit() -> Option<usize> {
    use rustix::process::{Resource, getrlimit};

    let limit = getrlimit(Resource::Nofile).current?;
    usize::try_from(limit).ok()
}

/// Sockets are handles, of which a process may have millions.
#[cfg(not(unix))]
pub(crate) fn limit() -> Option<usize> {
    None
}
