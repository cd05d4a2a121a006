//! The processes that a program under test has started, found by a variable that they all inherit: whatever group or
//! session they are in, and whoever their parent is now.

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
    /// Its id.
    pub id: u32,
    /// Its name, at most 15 octets of it.
    pub name: String,
    /// Its command line.
    pub command_line: String,
}

impl Process {
    /// Every process that bears the mark, in no order. Those that have ended and wait for their parent bear none.
    pub(crate) fn marked(mark: &str) -> Vec<Process> {
        fs::read_dir("/proc")
            .expect("the system tells of its processes")
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let id = entry.file_name().to_str()?.parse().ok()?;
                let process = Process::read(id, &entry.path())?;
                (process.variable(MARK)? == mark).then_some(process)
            })
            .collect()
    }

    fn read(id: u32, folder: &Path) -> Option<Process> {
        let name = fs::read_to_string(folder.join("comm")).ok()?;
        let command_line = fs::read(folder.join("cmdline")).ok()?;
        Some(Process {
            id,
            name: name.trim_end().to_owned(),
            command_line: String::from_utf8_lossy(&command_line).replace('\0', " "),
        })
    }

    /// A variable of its environment.
    pub fn variable(&self, name: &str) -> Option<String> {
        let environment = fs::read(format!("/proc/{}/environ", self.id)).ok()?;
        let environment = String::from_utf8_lossy(&environment).into_owned();
        let mut variables = environment.split('\0');
        let value = variables.find_map(|variable| variable.strip_prefix(name)?.strip_prefix('='));
        value.map(str::to_owned)
    }

    /// Sends it a signal. One that has ended takes none.
    pub fn signal(&self, signal: Signal) {
        let _ = kill_process(self.pid(), signal);
    }

    /// Waits, without letting others run, until it has ended. Answers whether it did.
    pub fn wait(&self) -> bool {
        let Ok(handle) = pidfd_open(self.pid(), PidfdFlags::empty()) else {
            return true;
        };
        let deadline = Timespec::try_from(TIMEOUT).expect("patience ends");
        let mut watched = [PollFd::new(&handle, PollFlags::IN)];
        poll(&mut watched, Some(&deadline)).is_ok_and(|ended| ended > 0)
    }

    fn pid(&self) -> Pid {
        let id = i32::try_from(self.id).expect("the kernel's ids are small");
        Pid::from_raw(id).expect("no process is 0")
    }
}
