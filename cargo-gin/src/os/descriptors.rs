//! The file descriptors of this process.
//!
//! Sockets of clients need many, and the usual soft limit of 1024 is low for old programs only. So the dev server raises its own, and
//! gives its children the one that it was started with.

use std::io;

#[cfg(unix)]
pub(crate) use unix::{adopt, inherited, limit, raise, restore};

/// Adds the limit and the remedy to an error that reaching the limit has caused.
pub(crate) fn explained(error: io::Error) -> io::Error {
    match limit() {
        Some(limit) if is_exhaustion(&error) => io::Error::other(format!(
            "{error}: all {limit} file descriptors that `cargo gin dev` may have are in use; close some clients, or raise the limit \
             (`ulimit -n {}`) and start it again",
            limit.saturating_mul(2)
        )),
        _ => error,
    }
}

/// Returns `true` if the error is that of a limit of descriptors.
#[cfg(unix)]
pub(crate) fn is_exhaustion(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::MFILE.raw_os_error())
}

#[cfg(not(unix))]
pub(crate) fn is_exhaustion(_error: &io::Error) -> bool {
    false
}

/// Sockets are handles, of which a process may have millions.
#[cfg(not(unix))]
pub(crate) fn limit() -> Option<usize> {
    None
}

/// Does nothing: there is no limit.
#[cfg(not(unix))]
pub(crate) fn raise() {}

/// Does nothing: there is no limit.
#[cfg(not(unix))]
pub(crate) fn restore(_child: u32) {}

#[cfg(unix)]
mod unix {
    use std::sync::OnceLock;

    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    /// The highest limit that is of use: more than all clients need.
    const ENOUGH: u64 = 65_536;
    /// The highest limit that macOS grants.
    const MOST_OF_MACOS: u64 = 10_240;

    /// The soft limit that this process was started with, if it has raised it.
    static INHERITED: OnceLock<u64> = OnceLock::new();

    /// Returns the most file descriptors that this process may have open, if that is limited.
    pub(crate) fn limit() -> Option<usize> {
        let limit = getrlimit(Resource::Nofile).current?;
        usize::try_from(limit).ok()
    }

    /// Raises the soft limit, as far as the hard one allows.
    pub(crate) fn raise() {
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let Some(current) = current else {
            return;
        };
        let enough = maximum.unwrap_or(ENOUGH).min(ENOUGH);
        for wanted in [enough, MOST_OF_MACOS.min(enough)] {
            let limit = Rlimit {
                current: Some(wanted),
                maximum,
            };
            if wanted > current && setrlimit(Resource::Nofile, limit).is_ok() {
                // Only this process raises it, and once.
                let _ = INHERITED.set(current);
                return;
            }
        }
    }

    /// Returns the soft limit for children, if it differs from this process's.
    pub(crate) fn inherited() -> Option<u64> {
        INHERITED.get().copied()
    }

    /// Takes a soft limit for this process and its children.
    pub(crate) fn adopt(current: u64) {
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        let limit = Rlimit {
            current: Some(current),
            maximum,
        };
        // A lower limit is always granted.
        let _ = setrlimit(Resource::Nofile, limit);
    }

    /// Gives a child that has just been started the soft limit that this process was started with.
    #[cfg(target_os = "linux")]
    pub(crate) fn restore(child: u32) {
        use rustix::process::{Pid, prlimit};

        let child = i32::try_from(child).ok().and_then(Pid::from_raw);
        if let (Some(current), Some(child)) = (inherited(), child) {
            let limit = Rlimit {
                current: Some(current),
                maximum: getrlimit(Resource::Nofile).maximum,
            };
            // An error means that it has exited already.
            let _ = prlimit(Some(child), Resource::Nofile, limit);
        }
    }

    /// Does nothing: this system changes no limits of other processes. Those that users write start in the shim, which does.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn restore(_child: u32) {}
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn an_error_at_the_limit_names_it_and_the_remedy() {
        let exhausted = io::Error::from_raw_os_error(rustix::io::Errno::MFILE.raw_os_error());
        let text = explained(exhausted).to_string();
        let limit = limit().unwrap();
        assert!(
            text.contains(&format!("all {limit} file descriptors")),
            "{text}"
        );
        assert!(text.contains("ulimit -n"), "{text}");
        let other = io::Error::from(io::ErrorKind::NotFound);
        assert_eq!(explained(other).kind(), io::ErrorKind::NotFound);
    }
}
