//! A process group: a process and everything it starts, as long as that stays in the group.

use std::io;

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use tokio::process::{Child, Command};

/// A process group, by its leader's id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group(Pid);

impl Group {
    /// Makes the command lead a group of its own.
    pub(crate) fn lead(command: &mut Command) -> &mut Command {
        command.process_group(0)
    }

    /// Returns the group of `child`, which was started by a command that [leads](Group::lead) its own.
    pub(crate) fn of(child: &Child) -> io::Result<Group> {
        let group = child.id().and_then(Group::from_id);
        group.ok_or_else(|| io::Error::other("the process exited before its id was read"))
    }

    /// Returns the group with this id, if it is a valid one.
    pub(crate) fn from_id(id: u32) -> Option<Group> {
        Pid::from_raw(i32::try_from(id).ok()?).map(Group)
    }

    /// Returns the leader's id.
    pub(crate) fn id(self) -> u32 {
        self.0.as_raw_nonzero().get().unsigned_abs()
    }

    /// Sends SIGTERM to every process of the group.
    pub(crate) fn terminate(self) {
        self.signal(Signal::TERM);
        // A stopped process handles SIGTERM only after SIGCONT.
        self.signal(Signal::CONT);
    }

    /// Sends SIGHUP to every process of the group, which is what they get when their terminal is gone.
    pub(in crate::os) fn hang_up(self) {
        self.signal(Signal::HUP);
        self.signal(Signal::CONT);
    }

    /// Returns `true` if a process of the group runs, or has exited and was not waited for.
    pub(crate) fn has_members(self) -> bool {
        test_kill_process_group(self.0).is_ok()
    }

    /// Sends SIGKILL to every process of the group.
    pub(crate) fn kill(self) {
        self.signal(Signal::KILL);
    }

    fn signal(self, signal: Signal) {
        // The only error is that no process is left in the group.
        let _ = kill_process_group(self.0, signal);
    }
}
