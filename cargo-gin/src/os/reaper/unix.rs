//! A process that outlives us by a moment, and ends the processes that we started if we are killed.
//!
//! It is this same program, started with [`Reaper::FLAG`], and reads the ids of our children's process groups from a
//! pipe. The kernel closes the pipe however we end. The reaper then kills the groups that are still on its list, and on Linux
//! the daemons of the app, which it knows by a variable.
//!
//! We may be killed after a process was started and before its group is on the list. So each start is announced, with a
//! variable that only this process and those that it starts have. On Linux, the reaper finds them by it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt::Display;
use std::io::{self, BufRead, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, anyhow};

use crate::os::group::Group;
use crate::os::orphans;

/// The pipe to the reaper.
#[derive(Debug)]
pub(crate) struct Reaper {
    process: Child,
    pipe: Arc<ChildStdin>,
    /// A random word that no other dev server has.
    run: String,
    /// The number of starts that were announced.
    starts: AtomicU64,
    /// The process groups on its list.
    groups: Groups,
}

/// Process groups that are registered.
type Groups = Arc<Mutex<BTreeSet<u32>>>;

/// The variable that marks the processes of an app.
const MARK: &str = "GIN_RUN";

/// The variable that marks a process from its start, and those that it starts.
const START_MARK: &str = "GIN_START";

impl Reaper {
    /// The argument that makes this program a reaper.
    pub(crate) const FLAG: &'static str = "--reap";

    /// Starts the reaper.
    pub(crate) fn start() -> anyhow::Result<Reaper> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(|error| anyhow!("cannot get random bytes: {error}"))?;
        let run = format!("{:016x}", u64::from_ne_bytes(bytes));
        let mut command = Command::new(own_executable()?);
        command
            .args([Reaper::FLAG, &run])
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // Ctrl-C reaches every process of the terminal's group, and the reaper must be the last to go.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut process = command.spawn().context("cannot start the reaper")?;
        let pipe = process.stdin.take().context("the reaper has no pipe")?;
        Ok(Reaper {
            process,
            pipe: Arc::new(pipe),
            run,
            starts: AtomicU64::new(0),
            groups: Groups::default(),
        })
    }

    /// Marks an app, so that its daemons are found as well.
    pub(crate) fn mark(&self, command: &mut tokio::process::Command) {
        command.env(MARK, &self.run);
    }

    /// Announces a process that `command` starts, so that it is found before its group is registered.
    pub(crate) fn announce(&self, command: &mut tokio::process::Command) -> Announcement<'_> {
        let number = self.starts.fetch_add(1, Ordering::Relaxed);
        let start = format!("{}.{number}", self.run);
        write(&self.pipe, '?', &start);
        command.env(START_MARK, start);
        Announcement { reaper: self }
    }

    /// Returns its own process group, and those on its list.
    pub(crate) fn groups(&self) -> Vec<u32> {
        let mut groups = vec![self.process.id()];
        groups.extend(lock(&self.groups).iter());
        groups
    }

    /// Closes the pipe and waits until the reaper has ended what was left.
    pub(crate) fn finish(mut self) {
        drop(self.pipe);
        let _ = self.process.wait();
    }
}

/// A process that is being started.
#[derive(Debug)]
pub(crate) struct Announcement<'a> {
    reaper: &'a Reaper,
}

impl Announcement<'_> {
    /// Puts the process group on the list until the registration is dropped.
    pub(crate) fn register(self, group: u32) -> Registration {
        write(&self.reaper.pipe, '+', group);
        lock(&self.reaper.groups).insert(group);
        Registration {
            group,
            pipe: Arc::clone(&self.reaper.pipe),
            groups: Arc::clone(&self.reaper.groups),
        }
    }
}

impl Drop for Announcement<'_> {
    fn drop(&mut self) {
        write(&self.reaper.pipe, '!', "");
    }
}

/// A process group on the reaper's list.
#[derive(Debug)]
pub(crate) struct Registration {
    group: u32,
    pipe: Arc<ChildStdin>,
    groups: Groups,
}

impl Drop for Registration {
    fn drop(&mut self) {
        write(&self.pipe, '-', self.group);
        lock(&self.groups).remove(&self.group);
    }
}

fn lock(groups: &Groups) -> MutexGuard<'_, BTreeSet<u32>> {
    groups.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sends the reaper a line: a sign and the group or the start that it is about.
fn write(mut pipe: &ChildStdin, sign: char, subject: impl Display) {
    // An error means that the reaper is gone. Then processes outlive the dev server only if it is killed.
    let _ = pipe.write_all(format!("{sign}{subject}\n").as_bytes());
}

/// The main function of the reaper. `run` is the value of [`MARK`] in the environment of the app's processes.
pub(crate) fn reap(run: Option<&OsStr>) {
    let run = run.and_then(OsStr::to_str).unwrap_or_default();
    end_after(io::stdin().lock(), run);
}

/// Reads the lines of [`write()`] to their end, then kills what is left.
fn end_after(lines: impl BufRead, run: &str) {
    let mut groups = BTreeSet::new();
    let mut announced = None;
    // A pipe that cannot be read counts as closed.
    for line in lines.lines().map_while(Result::ok) {
        match line.split_at_checked(1) {
            Some(("?", start)) => announced = Some(start.to_owned()),
            Some(("!", _)) => announced = None,
            Some(("+", id)) => groups.extend(id.parse::<u32>()),
            Some(("-", id)) => groups.retain(|group| Ok(*group) != id.parse()),
            _ => {}
        }
    }
    for group in groups.into_iter().filter_map(Group::from_id) {
        group.kill();
    }
    if let Some(start) = announced {
        end_started(&format!("{START_MARK}={start}"));
    }
    orphans::end_marked(&format!("{MARK}={run}"));
}

/// Kills the processes with this entry in their environment. One that is just being started shows its environment a moment later.
fn end_started(entry: &str) {
    for _ in 0..20 {
        orphans::end_marked(entry);
        thread::sleep(Duration::from_millis(10));
    }
}

/// Returns the path of this program's file. On Linux it stays valid when the file is replaced by a newer one.
pub(crate) fn own_executable() -> anyhow::Result<std::path::PathBuf> {
    if cfg!(target_os = "linux") {
        return Ok("/proc/self/exe".into());
    }
    std::env::current_exe().context("cannot find the program's own file")
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};

    use super::*;

    /// Starts a process that waits, with this entry in its environment.
    fn waiting(name: &str, value: &str) -> Child {
        let mut command = Command::new("sleep");
        let child = command.arg("600").env(name, value).process_group(0).spawn();
        child.expect("there is a sleep")
    }

    /// Waits until the process shows its environment.
    fn awaited(child: Child) -> Child {
        let environment = format!("/proc/{}/environ", child.id());
        while std::fs::read(&environment).expect("it runs").is_empty() {
            thread::yield_now();
        }
        child
    }

    fn signal(mut child: Child) -> Option<i32> {
        child.wait().expect("it is our child").signal()
    }

    #[test]
    fn a_process_that_was_announced_is_killed() {
        let child = waiting(START_MARK, "announced.7");
        end_after(
            &b"?announced.6\n+999999999\n!\n?announced.7\n"[..],
            "announced",
        );
        assert_eq!(signal(child), Some(9));
    }

    #[test]
    fn registered_groups_and_marked_daemons_are_killed() {
        let registered = waiting("UNMARKED", "");
        let daemon = awaited(waiting(MARK, "registered"));
        let lines = format!("?registered.0\n+{}\n!\n", registered.id());
        end_after(lines.as_bytes(), "registered");
        assert_eq!(signal(registered), Some(9));
        assert_eq!(signal(daemon), Some(9));
    }

    #[test]
    fn daemons_of_a_registered_process_run_on() {
        let mut daemon = awaited(waiting(START_MARK, "built.0"));
        end_after(&b"?built.0\n+999999999\n!\n"[..], "built");
        assert_eq!(daemon.try_wait().expect("it is our child"), None);
        daemon.kill().expect("it runs");
        daemon.wait().expect("it is our child");
    }
}
