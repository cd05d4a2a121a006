//! Ancestors: processes that an app started and that have left its process group, as daemons do.
//!
//! On Linux the dev server becomes the parent of such processes when their own parent exits. So it can find and kill them.
//! If it is killed itself, the reaper finds them by a variable. Other systems do not offer that.

#[cfg(target_os = "linux")]
use crate::os::procfs::{self, Stat};

/// Becomes the parent of every orphan from now on.
#[cfg(target_os = "linux")]
pub(crate) fn adopt() {
    // If this fails, daemons outlive their app, and everything else works.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// The variable that marks a process beside the app or a hook, and those that they start.
pub(crate) const SIDE: &str = "GIN_SIDE";

/// The processes whose orphans are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ancestors {
    Apps,
    /// Those of all apps except the one that was given this port, which is the newest.
    AppsExcept(u16),
    /// Those of the processes beside the app, and of hooks.
    Sides,
}

/// Kills these orphans, and the orphans that those leave in turn. `kept` are the process groups that are ours.
#[cfg(target_os = "linux")]
pub(crate) fn end(ancestors: Ancestors, kept: &[u32]) {
    let own = std::process::id();
    loop {
        let found: Vec<Stat> = procfs::ids()
            .filter_map(Stat::read)
            .filter(|stat| stat.parent == own && !kept.contains(&stat.group))
            .filter(|stat| stat.is_zombie || ancestors.include(stat.id))
            .collect();
        if found.is_empty() {
            return;
        }
        found.into_iter().for_each(kill);
    }
}

/// Kills every process with this entry, `NAME=value`, in the environment that it was started with, and those that they start.
#[cfg(target_os = "linux")]
pub(super) fn end_marked(entry: &str) {
    /// The number of searches. Only processes that start others faster than they are found outlive them.
    const SEARCHES: usize = 100;
    for _ in 0..SEARCHES {
        let marked: Vec<u32> = procfs::ids().filter(|id| has(*id, entry)).collect();
        if marked.is_empty() {
            return;
        }
        marked.into_iter().for_each(kill_and_await);
    }
}

/// Does nothing: only Linux lets us adopt orphans.
#[cfg(not(target_os = "linux"))]
pub(crate) fn adopt() {}

/// Does nothing: only Linux shows the environment of a process.
#[cfg(all(unix, not(target_os = "linux")))]
pub(super) fn end_marked(_entry: &str) {}

/// Does nothing: only Linux lets us adopt orphans.
#[cfg(not(target_os = "linux"))]
pub(crate) fn end(_ancestors: Ancestors, _kept: &[u32]) {}

#[cfg(target_os = "linux")]
fn kill(orphan: Stat) {
    use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
    let Some(id) = i32::try_from(orphan.id).ok().and_then(Pid::from_raw) else {
        return;
    };
    // An error means that it has exited in the meantime.
    let _ = kill_process(id, Signal::KILL);
    let _ = waitpid(Some(id), WaitOptions::empty());
}

/// Kills a process that is not our child, and waits until it is gone.
#[cfg(target_os = "linux")]
fn kill_and_await(id: u32) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
    /// The kernel may take a moment to free the memory of a large process.
    const TIMEOUT: Timespec = Timespec {
        tv_sec: 1,
        tv_nsec: 0,
    };
    let id = i32::try_from(id).ok().and_then(Pid::from_raw);
    let Some(handle) = id.and_then(|id| pidfd_open(id, PidfdFlags::empty()).ok()) else {
        return;
    };
    // An error means that it has exited in the meantime.
    if pidfd_send_signal(&handle, Signal::KILL).is_ok() {
        let _ = poll(&mut [PollFd::new(&handle, PollFlags::IN)], Some(&TIMEOUT));
    }
}

/// Returns `true` if a process was started with this entry, `NAME=value`, in its environment.
#[cfg(target_os = "linux")]
fn has(id: u32, entry: &str) -> bool {
    any_entry(id, |found| found == entry.as_bytes())
}

/// Returns `true` if an entry of the environment that a process was started with fits.
#[cfg(target_os = "linux")]
fn any_entry(id: u32, fits: impl Fn(&[u8]) -> bool) -> bool {
    let environ = std::fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
    let mut entries = environ.split(|byte| *byte == 0);
    entries.any(fits)
}

#[cfg(target_os = "linux")]
impl Ancestors {
    /// Returns `true` if the process descends from one that is meant: it inherits the variables that this was started with.
    fn include(self, id: u32) -> bool {
        match self {
            Ancestors::Apps => has(id, "GIN_DEV=1"),
            Ancestors::AppsExcept(port) => {
                has(id, "GIN_DEV=1") && !has(id, &format!("PORT={port}"))
            }
            Ancestors::Sides => any_entry(id, |entry| entry.starts_with(b"GIN_SIDE=")),
        }
    }
}
