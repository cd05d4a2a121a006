//! The mounts of the system. One over a watched directory hides its files, and the kernel reports no event for them.

#[cfg(target_os = "linux")]
use std::fs::File;
#[cfg(target_os = "linux")]
use std::time::Duration;

#[cfg(target_os = "linux")]
use rustix::event::{PollFd, PollFlags, Timespec, poll};
#[cfg(target_os = "linux")]
use rustix::io::Errno;

#[cfg(target_os = "linux")]
const MOUNTS: &str = "/proc/self/mounts";

#[cfg(target_os = "linux")]
const NO_TIME: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 0,
};

/// The time between two reports. Where containers run, mounts come and go all the time.
#[cfg(target_os = "linux")]
const PAUSE: Duration = Duration::from_secs(1);

/// The mounts as they were at the last look.
#[derive(Debug, Default)]
pub(super) struct Mounts {
    #[cfg(target_os = "linux")]
    file: Option<File>,
}

impl Mounts {
    pub(super) fn new() -> Mounts {
        Mounts {
            #[cfg(target_os = "linux")]
            file: File::open(MOUNTS).ok(),
        }
    }

    /// Returns `true` if a file system was mounted or unmounted since the last call.
    #[cfg(target_os = "linux")]
    pub(super) fn have_changed(&self) -> bool {
        let look = |file| poll(&mut [PollFd::new(file, PollFlags::PRI)], Some(&NO_TIME));
        self.file
            .as_ref()
            .is_some_and(|file| look(file).is_ok_and(|ready| ready > 0))
    }

    /// Returns `false`: other systems do not report it.
    #[cfg(not(target_os = "linux"))]
    #[expect(
        clippy::unused_self,
        reason = "there is something to look at on Linux only"
    )]
    pub(super) fn have_changed(&self) -> bool {
        false
    }
}

/// Calls `report` whenever a file system was mounted or unmounted, until it returns `false`.
///
/// proc(5): the file of the mounts becomes ready with a priority event then.
#[cfg(target_os = "linux")]
pub(super) fn follow(report: impl Fn() -> bool + Send + 'static) {
    let Ok(mounts) = File::open(MOUNTS) else {
        return;
    };
    let wait = move || {
        loop {
            match poll(&mut [PollFd::new(&mounts, PollFlags::PRI)], None) {
                Ok(_) if report() => std::thread::sleep(PAUSE),
                // A signal of the process may be handled on this thread.
                Err(Errno::INTR) => {}
                Ok(_) | Err(_) => return,
            }
        }
    };
    // Without the thread, only requests notice a mount.
    let _ = std::thread::Builder::new()
        .name("mounts".to_owned())
        .spawn(wait);
}

/// Does nothing: other systems do not report it.
#[cfg(not(target_os = "linux"))]
pub(super) fn follow(_report: impl Fn() -> bool + Send + 'static) {}
