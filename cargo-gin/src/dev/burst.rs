//! Bursts: changes that follow each other closely, as when a branch is switched.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::state::{Cause, Change};

/// The current burst of changes.
pub(super) struct Burst {
    quiet: Duration,
    last: Option<Instant>,
    has_begun: bool,
}

/// The moment at which an attempt begins its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// With its change.
    AtOnce,
    /// Once no other change has come for the time of `--debounce`.
    Settled,
}

impl Burst {
    /// A burst is over once there was no change for `quiet`, the time of `--debounce`.
    pub(super) fn new(quiet: Duration) -> Burst {
        Burst {
            quiet,
            last: None,
            has_begun: false,
        }
    }

    /// Returns when to build: at once after the first save of a burst, and when the burst is over after the next one.
    ///
    /// A deleted file waits as well: some editors save a file by deleting it and writing a new one.
    pub(super) fn pace(&mut self, change: &Change, root: &Path) -> Pace {
        let is_over = self.last.is_none_or(|last| last.elapsed() >= self.quiet);
        self.last = Some(Instant::now());
        if is_over {
            self.has_begun = false;
        }
        let is_gone = match &change.cause {
            Cause::Changed(paths) => paths.iter().all(|path| !root.join(path).exists()),
            Cause::Started | Cause::Requested | Cause::Overflow => false,
        };
        if is_gone || self.has_begun {
            return Pace::Settled;
        }
        self.has_begun = true;
        Pace::AtOnce
    }
}
