//! The plan of a process: everything that is known before its first start.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::os::line::CommandLine;
use crate::state::Route;

/// The plan of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) name: Arc<str>,
    pub(crate) command: Command,
    pub(crate) directory: PathBuf,
    pub(crate) routes: Vec<Route>,
    /// The paths among these that stay the app's.
    pub(crate) except: Vec<Route>,
    pub(crate) ready: Readiness,
    pub(crate) restart: Restart,
    /// Its variables, besides those that it inherits and `PORT`, `HOST` and `GIN_SIDE`.
    pub(crate) environment: BTreeMap<String, String>,
}

/// The program of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// A command of the user's.
    Line(CommandLine),
    /// A binary of the workspace with these arguments. It is built with the app, and starts again when its bytes have changed.
    Binary { name: String, args: Vec<String> },
}

impl Plan {
    /// Returns the name of the binary of the workspace that it runs, if it runs one.
    pub(crate) fn binary(&self) -> Option<&str> {
        match &self.command {
            Command::Line(_) => None,
            Command::Binary { name, .. } => Some(name),
        }
    }
}

/// The sign that a process is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// It runs.
    Started,
    /// It accepts connections at its port.
    Port,
    /// It has written a line that contains this text, and accepts connections if it has routes.
    Line(String),
}

/// The reaction to the exit of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Restart {
    /// It starts again, after a pause that grows. One without routes that exits with success has done its work.
    OnExit,
    /// It starts again once its binary has changed.
    OnChange,
    /// It stays as it is.
    Never,
}

/// The pause before a process starts again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    const FIRST: Duration = Duration::from_secs(1);
    const LAST: Duration = Duration::from_secs(30);
    /// A process that ran for this long has recovered.
    const RECOVERED: Duration = Duration::from_secs(60);

    pub(crate) fn new() -> Backoff {
        Backoff { next: Self::FIRST }
    }

    /// Returns the pause after a run of this length: a second, and twice as long after each further exit, up to 30 s.
    pub(crate) fn after(&mut self, uptime: Duration) -> Duration {
        if uptime >= Self::RECOVERED {
            self.next = Self::FIRST;
        }
        let pause = self.next;
        self.next = (pause * 2).min(Self::LAST);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_until_a_process_has_recovered() {
        let mut backoff = Backoff::new();
        let short = Duration::from_millis(5);
        let pauses: Vec<u64> = (0..7).map(|_| backoff.after(short).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(backoff.after(Duration::from_secs(60)).as_secs(), 1);
        assert_eq!(backoff.after(short).as_secs(), 2);
    }
}
