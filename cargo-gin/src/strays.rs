//! Processes that an app started and that left its process group, as daemons do.
//!
//! On Linux the dev server asks to become the parent of such processes when their own is gone, and so can find and end
//! them. Other systems do not offer that.

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
        let strays: Vec<Stat> = processes()
            .filter(|stat| stat.parent == own && !kept.contains(&stat.group))
            .filter(|stat| stat.is_zombie || is_of_app(stat.id))
            .collect();
        if strays.is_empty() {
            return;
        }
        for stray in strays {
            stray.end();
        }
    }
}

/// Daemons of the app are only found on Linux.
#[cfg(not(target_os = "linux"))]
pub(crate) fn adopt() {}

/// Daemons of the app are only found on Linux.
#[cfg(not(target_os = "linux"))]
pub(crate) fn end(_kept: &[u32]) {}

/// What `/proc/PID/stat` tells of a process.
#[cfg(target_os = "linux")]
struct Stat {
    id: u32,
    is_zombie: bool,
    parent: u32,
    group: u32,
}

#[cfg(target_os = "linux")]
impl Stat {
    /// proc(5): the name in parentheses may hold anything, so fields are counted from its end.
    fn read(id: u32) -> Option<Stat> {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let (_, fields) = stat.rsplit_once(')')?;
        let mut fields = fields.split_ascii_whitespace();
        Some(Stat {
            id,
            is_zombie: fields.next()? == "Z",
            parent: fields.next()?.parse().ok()?,
            group: fields.next()?.parse().ok()?,
        })
    }

    fn end(self) {
        use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
        let Some(id) = i32::try_from(self.id).ok().and_then(Pid::from_raw) else {
            return;
        };
        // It may have ended in the meantime, which is what is wanted.
        let _ = kill_process(id, Signal::KILL);
        let _ = waitpid(Some(id), WaitOptions::empty());
    }
}

#[cfg(target_os = "linux")]
fn processes() -> impl Iterator<Item = Stat> {
    std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(Stat::read)
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
