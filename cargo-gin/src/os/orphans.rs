//! Orphans: processes that an app started and that have left its process group, as daemons do.
//!
//! On Linux the dev server becomes the parent of such processes when their own parent exits. So it can find and kill them.
//! Other systems do not offer that.

#[cfg(target_os = "linux")]
use crate::os::procfs::{self, Stat};

/// Becomes the parent of every orphan from now on.
#[cfg(target_os = "linux")]
pub(crate) fn adopt() {
    // If this fails, daemons outlive their app, and everything else works.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// The apps whose orphans are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Apps {
    All,
    /// All except the one that was given this port, which is the newest.
    Except(u16),
}

/// Kills the orphans of these apps, and the orphans that those leave in turn. `kept` are the process groups that are ours.
#[cfg(target_os = "linux")]
pub(crate) fn end(apps: Apps, kept: &[u32]) {
    let own = std::process::id();
    loop {
        let orphans: Vec<Stat> = procfs::ids()
            .filter_map(Stat::read)
            .filter(|stat| stat.parent == own && !kept.contains(&stat.group))
            .filter(|stat| stat.is_zombie || apps.includes(stat.id))
            .collect();
        if orphans.is_empty() {
            return;
        }
        orphans.into_iter().for_each(kill);
    }
}

/// Does nothing: only Linux lets us adopt orphans.
#[cfg(not(target_os = "linux"))]
pub(crate) fn adopt() {}

/// Does nothing: only Linux lets us adopt orphans.
#[cfg(not(target_os = "linux"))]
pub(crate) fn end(_apps: Apps, _kept: &[u32]) {}

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

#[cfg(target_os = "linux")]
impl Apps {
    /// Returns `true` if the process descends from one of these apps: it inherits the variables that the app was started with.
    fn includes(self, id: u32) -> bool {
        let environ = std::fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        let has = |entry: &str| {
            environ
                .split(|byte| *byte == 0)
                .any(|found| found == entry.as_bytes())
        };
        has("GIN_DEV=1")
            && match self {
                Apps::All => true,
                Apps::Except(port) => !has(&format!("PORT={port}")),
            }
    }
}
