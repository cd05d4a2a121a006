//! The processes that a program under test has started. They are found by a variable that they all inherit, in any process
//! group or session and under any parent.

use std::fs;
use std::path::Path;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};

use crate::timeout::TIMEOUT;

/// The variable that marks them.
pub(crate) const MARK: &str = "CARGO_GIN_E2E_MARK";

/// A running process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// The process id.
    pub id: u32,
    /// The name, at most 15 bytes of it.
    pub name: String,
    /// The command line.
    pub command_line: String,
}

impl Process {
    /// Returns all processes with this mark, in no particular order. Zombies are not among them, because they have no environment.
    pub(crate) fn marked(mark: &str) -> Vec<Process> {
        fs::read_dir("/proc")
            .expect("/proc lists the processes")
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let id = entry.file_name().to_str()?.parse().ok()?;
                let process = Process::read(id, &entry.path())?;
                (process.variable(MARK)? == mark).then_some(process)
            })
            .collect()
    }

    fn read(id: u32, directory: &Path) -> Option<Process> {
        let name = fs::read_to_string(directory.join("comm")).ok()?;
        let command_line = fs::read(directory.join("cmdline")).ok()?;
        Some(Process {
            id,
            name: name.trim_end().to_owned(),
            command_line: String::from_utf8_lossy(&command_line).replace('\0', " "),
        })
    }

    /// Returns a variable of its environment.
    pub fn variable(&self, name: &str) -> Option<String> {
        let environment = fs::read(format!("/proc/{}/environ", self.id)).ok()?;
        let environment = String::from_utf8_lossy(&environment).into_owned();
        let mut variables = environment.split('\0');
        let value = variables.find_map(|variable| variable.strip_prefix(name)?.strip_prefix('='));
        value.map(str::to_owned)
    }

    /// Returns the number of its children that have exited and that it has not waited for.
    pub fn zombies(&self) -> usize {
        let entries = fs::read_dir("/proc").expect("/proc lists the processes");
        let stats =
            entries.filter_map(|entry| fs::read_to_string(entry.ok()?.path().join("stat")).ok());
        let zombie = format!(" Z {} ", self.id);
        stats.filter(|stat| stat.contains(&zombie)).count()
    }

    /// Sends it a signal, which a process that has exited ignores.
    pub fn signal(&self, signal: Signal) {
        let _ = kill_process(self.pid(), signal);
    }

    /// Blocks until it has exited. Returns `true` if it did before the timeout.
    pub fn wait(&self) -> bool {
        let Ok(handle) = pidfd_open(self.pid(), PidfdFlags::empty()) else {
            return true;
        };
        let timeout = Timespec::try_from(TIMEOUT).expect("the timeout fits");
        let mut watched = [PollFd::new(&handle, PollFlags::IN)];
        poll(&mut watched, Some(&timeout)).is_ok_and(|ready| ready > 0)
    }

    fn pid(&self) -> Pid {
        let id = i32::try_from(self.id).expect("the kernel's ids are small");
        Pid::from_raw(id).expect("no process is 0")
    }
}
