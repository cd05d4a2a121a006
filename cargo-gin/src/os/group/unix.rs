//! A process group: a process and what it starts, as long as that stays in the group.

use std::io;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

/// A process group, by its leader's id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group(Pid);

impl Group {
    /// Has the command lead a group of its own.
    pub(crate) fn lead(command: &mut Command) -> &mut Command {
        command.process_group(0)
    }

    /// The group that `child` leads, which was just started.
    pub(crate) fn of(child: &Child) -> io::Result<Group> {
        let group = child.id().and_then(Group::from_id);
        group.ok_or_else(|| io::Error::other("the process ended before it was known"))
    }

    /// The group with this id, if it can be one.
    pub(crate) fn from_id(id: u32) -> Option<Group> {
        Pid::from_raw(i32::try_from(id).ok()?).map(Group)
    }

    /// Its leader's id.
    pub(crate) fn id(self) -> u32 {
        self.0.as_raw_nonzero().get().unsigned_abs()
    }

    /// Asks every process of the group to end.
    pub(crate) fn terminate(self) {
        self.signal(Signal::TERM);
        // A stopped process takes SIGTERM only once it goes on.
        self.signal(Signal::CONT);
    }

    /// Ends every process of the group at once.
    pub(crate) fn kill(self) {
        self.signal(Signal::KILL);
    }

    fn signal(self, signal: Signal) {
        // The only failure is that nobody is left to be told.
        let _ = kill_process_group(self.0, signal);
    }
}
