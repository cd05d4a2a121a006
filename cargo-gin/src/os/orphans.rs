//! Processes that an app started and that left its process group, as daemons do.
//!
//! On Linux the dev server asks to become the parent of such processes when their own is gone, and so can find and end
//! them. Other systems do not offer that.

#[cfg(target_os = "linux")]
use crate::os::procfs;
use crate::os::procfs::Stat;

/// Makes orphans of the app children of ours.
#[cfg(target_os = "linux")]
pub(crate) fn adopt() {
    // Without it daemons outlive their app, and everything else works.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// The apps whose orphans are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Apps {
    All,
    /// All except the one that was given this port, which is the newest.
    Except(u16),
}

/// Ends the adopted processes, and those that they leave behind in turn. `kept` are the process groups of ours.
#[cfg(target_os = "linux")]
pub(crate) fn end(apps: Apps, kept: &[u32]) {
    let own = std::process::id();
    loop {
        let strays: Vec<Stat> = procfs::ids()
            .filter_map(Stat::read)
            .filter(|stat| stat.parent == own && !kept.contains(&stat.group))
            .filter(|stat| stat.is_zombie || apps.includes(stat.id))
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
pub(crate) fn end(_apps: Apps, _kept: &[u32]) {}

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

#[cfg(target_os = "linux")]
impl Apps {
    /// Every process of an app inherits what told the app that it is run by a dev server, and where to listen.
    fn includes(self, id: u32) -> bool {
        let environ = std::fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        let says = |entry: &str| {
            environ
                .split(|octet| *octet == 0)
                .any(|found| found == entry.as_bytes())
        };
        says("GIN_DEV=1")
            && match self {
                Apps::All => true,
                Apps::Except(port) => !says(&format!("PORT={port}")),
            }
    }
}
