//! The holder of the lock that a process waits for. Linux lists it in `/proc`, other systems do not.

use std::fs;
use std::time::Duration;

use crate::os::procfs::{self, Stat};

/// The interval in which the holder of a lock is looked up. The system does not announce a new holder.
pub(crate) const LOOKUP: Duration = Duration::from_millis(250);

/// Describes the process that holds the lock that `waiting` waits for: "cargo (pid 812, of rust-analyzer)".
pub(crate) fn describe_holder(waiting: u32) -> Option<String> {
    let holder = holder(&fs::read_to_string("/proc/locks").ok()?, waiting)?;
    let name = procfs::name(holder)?;
    let parent = Stat::read(holder).and_then(|stat| procfs::name(stat.parent));
    Some(match parent {
        // A shell or an init process as the parent does not explain the lock.
        Some(parent) if is_telling(&parent) => format!("{name} (pid {holder}, of {parent})"),
        _ => format!("{name} (pid {holder})"),
    })
}

/// Finds the holder in the kernel's table.
///
/// proc(5): a lock's line is `N: FLOCK ADVISORY WRITE PID …`, and those of waiting processes follow as `N: -> FLOCK …`.
fn holder(table: &str, waiting: u32) -> Option<u32> {
    let lines: Vec<Vec<&str>> = table
        .lines()
        .map(|line| line.split_ascii_whitespace().collect())
        .collect();
    let waits = |fields: &&Vec<&str>| {
        fields.get(1) == Some(&"->")
            && fields.get(5).and_then(|pid| pid.parse().ok()) == Some(waiting)
    };
    let lock = lines.iter().find(waits)?.first()?;
    let held = lines
        .iter()
        .find(|fields| fields.first() == Some(lock) && fields.get(1) != Some(&"->"))?;
    // A process of another container has the id 0 here.
    held.get(4)?.parse().ok().filter(|pid| *pid != 0)
}

fn is_telling(parent: &str) -> bool {
    !matches!(
        parent,
        "bash"
            | "zsh"
            | "fish"
            | "sh"
            | "dash"
            | "systemd"
            | "init"
            | "login"
            | "sshd"
            | "tmux: server"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_has_the_lock_that_the_process_waits_for() {
        let table = "1: POSIX  ADVISORY  WRITE 7 fe:00:1 0 EOF\n\
            2: FLOCK  ADVISORY  WRITE 812 fe:00:9 0 EOF\n\
            2: -> FLOCK  ADVISORY  WRITE 900 fe:00:9 0 EOF\n\
            2: -> FLOCK  ADVISORY  WRITE 901 fe:00:9 0 EOF\n\
            3: FLOCK  ADVISORY  WRITE 0 fe:00:10 0 EOF\n\
            3: -> FLOCK  ADVISORY  READ 902 fe:00:10 0 EOF\n";
        for (waiting, expected) in [
            (900, Some(812)),
            (901, Some(812)),
            (902, None),
            (812, None),
            (7, None),
        ] {
            assert_eq!(holder(table, waiting), expected, "{waiting}");
        }
        assert_eq!(holder("", 1), None);
    }
}
