//! The history: the attempts before the current one.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::state::change::Cause;

/// The last attempts, oldest first: at most [`History::LENGTH`].
#[derive(Clone, Debug, Default)]
pub(crate) struct History(Arc<VecDeque<Attempt>>);

/// An earlier attempt and its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// Counts from 1.
    pub(crate) number: u64,
    pub(crate) cause: Cause,
    /// The name of its last phase: `building` or `starting` if a newer attempt cut it short.
    pub(crate) phase: &'static str,
    pub(crate) timings: Timings,
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
}

impl History {
    /// The number of attempts that are kept.
    pub(crate) const LENGTH: usize = 50;

    /// Adds an attempt and forgets the oldest beyond the limit.
    pub(crate) fn push(&mut self, attempt: Attempt) {
        let attempts = Arc::make_mut(&mut self.0);
        if attempts.len() == Self::LENGTH {
            attempts.pop_front();
        }
        attempts.push_back(attempt);
    }

    /// Returns the times of the last good builds that ran cargo, oldest first: at most 10. The first build of a run does not
    /// count, because it compiles what all later ones share.
    pub(crate) fn build_times(&self) -> Vec<Duration> {
        let good = self.iter().filter(|attempt| {
            let is_good = !matches!(attempt.phase, "building" | "failed");
            is_good && attempt.cause != Cause::Started
        });
        let mut times: Vec<_> = good
            .rev()
            .filter_map(|attempt| attempt.timings.build)
            .take(10)
            .collect();
        times.reverse();
        times
    }

    /// Returns the median of the last [build times](History::build_times).
    pub(crate) fn usual_build(&self) -> Option<Duration> {
        let mut times = self.build_times();
        times.sort_unstable();
        times.get(times.len() / 2).copied()
    }

    /// The attempts, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Attempt> {
        self.0.iter()
    }
}

/// The times that the parts of an attempt took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timings {
    /// From the change until cargo exited.
    pub(crate) build: Option<Duration>,
    /// From then until the app was ready.
    pub(crate) start: Option<Duration>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(cause: Cause, phase: &'static str, millis: u64) -> Attempt {
        Attempt {
            number: 1,
            cause,
            phase,
            timings: Timings {
                build: Some(Duration::from_millis(millis)),
                start: None,
            },
            errors: 0,
            warnings: 0,
        }
    }

    #[test]
    fn the_usual_build_time_is_the_median_of_good_rebuilds() {
        let mut history = History::default();
        assert_eq!(history.usual_build(), None);
        for (cause, phase, millis) in [
            (Cause::Started, "ready", 90_000),
            (Cause::Requested, "failed", 100),
            (Cause::Requested, "ready", 2000),
            (Cause::Requested, "crashed", 2200),
            (Cause::Requested, "building", 300),
            (Cause::Requested, "starting", 60_000),
        ] {
            history.push(attempt(cause, phase, millis));
        }
        assert_eq!(history.usual_build(), Some(Duration::from_millis(2200)));
        assert_eq!(history.build_times().len(), 3);
    }

    #[test]
    fn the_oldest_attempts_are_forgotten() {
        let mut history = History::default();
        for number in 1..=60 {
            let attempt = attempt(Cause::Requested, "ready", 1);
            history.push(Attempt { number, ..attempt });
        }
        let numbers: Vec<_> = history.iter().map(|attempt| attempt.number).collect();
        assert_eq!(numbers, (11..=60).collect::<Vec<_>>());
    }
}
