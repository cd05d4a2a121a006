//! The time that a measurement may take.

use std::time::{Duration, Instant};

use crate::tune::candidate::Extent;

/// The time that may still be spent, and the times that builds have taken so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    pub(super) began: Instant,
    pub(super) limit: Duration,
    /// A build from scratch under today's settings.
    pub(super) clean: Duration,
    /// A build after an edit.
    pub(super) edit: Duration,
    /// The number of builds after edits that a candidate needs.
    pub(super) edits: usize,
}

impl Budget {
    /// Returns `true` if a candidate would be measured in time.
    pub(super) fn allows(&self, extent: Extent) -> bool {
        self.began.elapsed() + self.estimate(extent) <= self.limit
    }

    fn estimate(&self, extent: Extent) -> Duration {
        let edits = u32::try_from(self.edits).unwrap_or(u32::MAX);
        let first = match extent {
            // The project's own crates are compiled from scratch.
            Extent::Own => self.edit * 2,
            Extent::All => self.clean,
        };
        first.saturating_add(self.edit.saturating_mul(edits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_begins_that_would_end_too_late() {
        let budget = |seconds| Budget {
            began: Instant::now(),
            limit: Duration::from_secs(seconds),
            clean: Duration::from_secs(60),
            edit: Duration::from_secs(1),
            edits: 12,
        };
        for (seconds, own, all) in [(10, false, false), (20, true, false), (80, true, true)] {
            let budget = budget(seconds);
            let allowed = [Extent::Own, Extent::All].map(|extent| budget.allows(extent));
            assert_eq!(allowed, [own, all], "{seconds} s");
        }
    }
}
