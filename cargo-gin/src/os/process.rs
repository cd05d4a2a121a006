//! A child process and everything it starts, which end together.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::{sleep, timeout};

use crate::os::descriptors;
use crate::os::exit::ExitStatus;
use crate::os::group::Group;
use crate::os::reaper::{Reaper, Registration};

/// A child process that leads a group of its own. Dropping it kills the group.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    group: Group,
    /// The other end of its standard input, if that stays open.
    _stdin: Option<ChildStdin>,
    /// Present until the group is known to be gone. After that its id may belong to another group, which must not be killed.
    registration: Option<Registration>,
    extent: Extent,
}

/// The processes that have to be gone before it counts as stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// The process itself. What it leaves behind is killed.
    Leader,
    /// Its whole group: the process only starts the one that matters, as a shell does.
    Group,
}

/// The way in which a process was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// It exited after SIGTERM.
    Exited,
    /// It did not exit in time and was killed.
    Killed,
}

impl Process {
    /// Starts `command` without standard input. Its output goes where the command says.
    pub(crate) fn spawn(command: Command, reaper: &Reaper) -> io::Result<Process> {
        Process::spawn_with(Stdio::null(), command, reaper)
    }

    /// Starts `command` with a standard input that stays open and empty. Watchers of files take its end for the end of their work.
    pub(crate) fn spawn_with_input(command: Command, reaper: &Reaper) -> io::Result<Process> {
        Process::spawn_with(Stdio::piped(), command, reaper)
    }

    fn spawn_with(stdin: Stdio, mut command: Command, reaper: &Reaper) -> io::Result<Process> {
        let announcement = reaper.announce(&mut command);
        let mut child = Group::lead(&mut command)
            .stdin(stdin)
            .kill_on_drop(true)
            .spawn()
            .map_err(descriptors::explained)?;
        if let Some(id) = child.id() {
            descriptors::restore(id);
        }
        let group = Group::of(&child)?;
        let registration = Some(announcement.register(group.id()));
        Ok(Process {
            group,
            // Waiting for the child would close it.
            _stdin: child.stdin.take(),
            child,
            registration,
            extent: Extent::Leader,
        })
    }

    /// Sets which processes it waits for when it is stopped. Default: the process itself.
    pub(crate) fn with_extent(mut self, extent: Extent) -> Process {
        self.extent = extent;
        self
    }

    /// Returns the process's id, which is its group's as well.
    pub(crate) fn id(&self) -> u32 {
        self.group.id()
    }

    /// Takes the pipe of its standard output, if it has one.
    pub(crate) fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Takes the pipe of its standard error, if it has one.
    pub(crate) fn stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// Returns `true` if the process runs. If not, what is left of its group is killed.
    pub(crate) fn is_running(&mut self) -> bool {
        let is_running = matches!(self.child.try_wait(), Ok(None));
        if !is_running {
            self.kill();
        }
        is_running
    }

    /// Waits until the process exits, then kills what is left of its group.
    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.kill();
        Ok(ExitStatus::from(status))
    }

    /// Sends SIGTERM to the group, kills it after `grace`, and waits until the process is gone.
    pub(crate) async fn stop(&mut self, grace: Duration) -> io::Result<Stopped> {
        if self.registration.is_some() {
            self.group.terminate();
        }
        let mut stopped = Stopped::Exited;
        if timeout(grace, self.gone()).await.is_err() {
            self.group.kill();
            self.child.wait().await?;
            stopped = Stopped::Killed;
        }
        self.kill();
        Ok(stopped)
    }

    /// Waits until the process is gone, and its group as well where that counts.
    async fn gone(&mut self) -> io::Result<()> {
        /// No system announces the end of a group.
        const PACE: Duration = Duration::from_millis(5);
        self.child.wait().await?;
        while self.extent == Extent::Group && self.group.has_members() {
            sleep(PACE).await;
        }
        Ok(())
    }

    /// Kills what is left of the group.
    fn kill(&mut self) {
        if self.registration.is_some() {
            self.group.kill();
            self.registration = None;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
