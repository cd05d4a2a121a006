//! A process that outlives us by a moment, and ends the processes that we started if we are killed.
//!
//! It is this same program, started with [`Reaper::FLAG`], and reads the ids of our children's process groups from a
//! pipe. The kernel closes the pipe however we end. The reaper then kills the groups that are still on its list, and on Linux
//! the daemons of the app, which it knows by a variable.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::{self, BufRead, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;

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
}

/// The variable that marks the processes of an app.
const MARK: &str = "GIN_RUN";

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
        })
    }

    /// Marks an app, so that its daemons are found as well.
    pub(crate) fn mark(&self, command: &mut tokio::process::Command) {
        command.env(MARK, &self.run);
    }

    /// Puts a process group on the list until the registration is dropped.
    pub(crate) fn register(&self, group: u32) -> Registration {
        let registration = Registration {
            group,
            pipe: Arc::clone(&self.pipe),
        };
        registration.write('+');
        registration
    }

    /// Returns the reaper's own process group.
    pub(crate) fn group(&self) -> u32 {
        self.process.id()
    }

    /// Closes the pipe and waits until the reaper has ended what was left.
    pub(crate) fn finish(mut self) {
        drop(self.pipe);
        let _ = self.process.wait();
    }
}

/// A process group on the reaper's list.
#[derive(Debug)]
pub(crate) struct Registration {
    group: u32,
    pipe: Arc<ChildStdin>,
}

impl Registration {
    fn write(&self, sign: char) {
        // An error means that the reaper is gone. Then processes outlive the dev server only if it is killed.
        let _ = (&*self.pipe).write_all(format!("{sign}{}\n", self.group).as_bytes());
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.write('-');
    }
}

/// The main function of the reaper. `run` is the value of [`MARK`] in the environment of the app's processes.
pub(crate) fn reap(run: Option<&OsStr>) {
    let mut groups = BTreeSet::new();
    // A pipe that cannot be read counts as closed.
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        match line.split_at_checked(1) {
            Some(("+", id)) => groups.extend(id.parse::<u32>()),
            Some(("-", id)) => groups.retain(|group| Ok(*group) != id.parse()),
            _ => {}
        }
    }
    for group in groups.into_iter().filter_map(Group::from_id) {
        group.kill();
    }
    if let Some(run) = run.and_then(OsStr::to_str) {
        orphans::end_marked(&format!("{MARK}={run}"));
    }
}

/// Returns the path of this program's file. On Linux it stays valid when the file is replaced by a newer one.
pub(crate) fn own_executable() -> anyhow::Result<std::path::PathBuf> {
    if cfg!(target_os = "linux") {
        return Ok("/proc/self/exe".into());
    }
    std::env::current_exe().context("cannot find the program's own file")
}
