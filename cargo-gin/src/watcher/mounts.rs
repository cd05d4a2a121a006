//! The mounts of the system. One over a watched directory hides its files, and the kernel reports no event for them.

#[cfg(target_os = "linux")]
use std::collections::HashSet;
#[cfg(target_os = "linux")]
use std::fs::{self, File};
#[cfg(target_os = "linux")]
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
#[cfg(target_os = "linux")]
use std::time::Duration;

#[cfg(target_os = "linux")]
use rustix::event::{PollFd, PollFlags, Timespec, poll};
#[cfg(target_os = "linux")]
use rustix::fs::statfs;
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

/// Returns `true` if any of the directories lies on a file system that others change without an event here: that of another
/// machine, or of the host of a virtual one.
#[cfg(target_os = "linux")]
pub(super) fn are_shared<'a>(directories: impl Iterator<Item = &'a PathBuf>) -> bool {
    let mut known = HashSet::new();
    let mut directories = directories;
    directories.any(|directory| {
        let device = fs::metadata(directory).map(|metadata| metadata.dev());
        device.is_ok_and(|device| known.insert(device))
            && statfs(directory.as_path()).is_ok_and(|found| {
                SHARED.contains(&u32::try_from(found.f_type).unwrap_or_default())
            })
    })
}

/// Returns `false`: other systems do not say.
#[cfg(not(target_os = "linux"))]
pub(super) fn are_shared<'a>(_directories: impl Iterator<Item = &'a PathBuf>) -> bool {
    false
}

/// The types of such file systems in statfs(2): NFS, SMB, SMB 2, CIFS, 9p, FUSE (also virtiofs), Ceph, Coda, AFS, vboxsf.
#[cfg(target_os = "linux")]
const SHARED: [u32; 10] = [
    0x6969,
    0x517b,
    0xfe53_4d42,
    0xff53_4d42,
    0x0102_1997,
    0x6573_5546,
    0x00c3_6400,
    0x7375_7245,
    0x5346_414f,
    0x786f_4256,
];
