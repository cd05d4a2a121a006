//! Processes that an app started and that left its process group, as daemons do.
//!
//! On Linux the dev server asks to become the parent of such processes when their own is gone, and so can find and end
//! them. Other systems do not offer that.

#[cfg(target_os = "linux")]
use crate::procfs::{self, Stat};

/// Makes orphans of the app children of ours.
#[cfg(target_os = "linux")]
pub(crate) fn adopt() {
    // Without it daemons outlive their app, and everything else works.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Ends the adopted processes, and those that they leave behind in turn. `kept` are the process groups of ours.
#[cfg(target_os = "linux")]
pub(crate) fn end(kept: &[u32]) {
    let own = std::process::id();
    loop {
        let strays: Vec<Stat> = procfs::ids()
            .filter_map(Stat::read)
            .filter(|stat| stat.parent == own && !kept.contains(&stat.group))
            .filter(|stat| stat.is_zombie || is_of_app(stat.id))
            .collect();
        if strays.is_empty() {
            return;
        }
        strays.into_iter().for_each(kill);
    }
}

/// Daemons of the app are only found on Linux.
#[cfg(not(target_os = "linux"))]
pub(crate) fn adopt() {}

/// Daemons of the app are only found on Linux.
#[cfg(not(target_os = "linux"))]
pub(crate) fn end(_kept: &[u32]) {}

#[cfg(target_os = "linux")]
fn kill(stray: Stat) {
    use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
    let Some(id) = i32::try_from(stray.id).ok().and_then(Pid::from_raw) else {
        return;
    };
    // It may have ended in the meantime, which is what is wanted.
    let _ = kill_process(id, Signal::KILL);
    let _ = waitpid(Some(id), WaitOptions::empty());
}

/// Every process of an app inherits what told the app that it is run by a dev server.
#[cfg(target_os = "linux")]
fn is_of_app(id: u32) -> bool {
    std::fs::read(format!("/proc/{id}/environ")).is_ok_and(|environ| {
        environ
            .split(|octet| *octet == 0)
            .any(|entry| entry == b"GIN_DEV=1")
    })
}
