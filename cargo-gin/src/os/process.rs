//! A child process and everything it starts, as one thing that can be ended.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::time::timeout;

use crate::os::exit::ExitStatus;
use crate::os::group::Group;
use crate::os::reaper::{Reaper, Registration};

/// A running process, leader of a group of its own. Dropping it kills the group.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    group: Group,
    /// Present until the group is known to be gone: its id may then belong to somebody else.
    registration: Option<Registration>,
}

/// What it took to stop a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// It ended when it was asked to.
    Asked,
    /// It did not end in time.
    Killed,
}

impl Process {
    /// Starts `command` without standard input, its output piped.
    pub(crate) fn spawn(mut command: Command, reaper: &Reaper) -> io::Result<Process> {
        let child = Group::lead(&mut command)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let group = Group::of(&child)?;
        let registration = Some(reaper.register(group.id()));
        Ok(Process {
            child,
            group,
            registration,
        })
    }

    /// The process's id.
    pub(crate) fn id(&self) -> u32 {
        self.group.id()
    }

    /// What it writes to standard output, once.
    pub(crate) fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// What it writes to standard error, once.
    pub(crate) fn stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// Does the leader run still? What it left behind does not.
    pub(crate) fn is_running(&mut self) -> bool {
        let is_running = matches!(self.child.try_wait(), Ok(None));
        if !is_running {
            self.kill();
        }
        is_running
    }

    /// Waits for the leader's end, then ends what is left of its group.
    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.kill();
        Ok(ExitStatus::from(status))
    }

    /// Asks the group to end, kills it after `grace`, and waits until it is gone.
    pub(crate) async fn stop(&mut self, grace: Duration) -> io::Result<Stopped> {
        if self.registration.is_some() {
            self.group.terminate();
        }
        let mut stopped = Stopped::Asked;
        if timeout(grace, self.child.wait()).await.is_err() {
            self.group.kill();
            self.child.wait().await?;
            stopped = Stopped::Killed;
        }
        self.kill();
        Ok(stopped)
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
