//! Changes that follow each other closely.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::state::{Cause, Change};

/// Changes that follow each other closely.
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
    /// A burst is over after this time of quiet: `--debounce`.
    pub(super) fn new(quiet: Duration) -> Burst {
        Burst {
            quiet,
            last: None,
            has_begun: false,
        }
    }

    /// A single save is built at once, a burst of them when it is over. A file that is gone is the first half of what
    /// some editors do to save it, so that waits as well.
    pub(super) fn pace(&mut self, change: &Change, root: &Path) -> Pace {
        let is_over = self.last.is_none_or(|last| last.elapsed() >= self.quiet);
        self.last = Some(Instant::now());
        if is_over {
            self.has_begun = false;
        }
        let is_gone = match &change.cause {
            Cause::Changed(paths) => paths.iter().all(|path| !root.join(path).exists()),
            Cause::Started | Cause::Asked | Cause::Overflow => false,
        };
        if is_gone || self.has_begun {
            return Pace::Settled;
        }
        self.has_begun = true;
        Pace::AtOnce
    }
}
