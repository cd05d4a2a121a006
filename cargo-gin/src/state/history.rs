//! The attempts that newer ones have followed.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::state::change::Cause;

/// The last attempts, oldest first: at most [`History::LENGTH`].
#[derive(Clone, Debug, Default)]
pub(crate) struct History(Arc<VecDeque<Attempt>>);

/// An attempt, and how far it had come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// Which one it is, counted from 1.
    pub(crate) number: u64,
    /// Why it was made.
    pub(crate) cause: Cause,
    /// The name of its last phase: `building` and `starting` if a newer one cut it short.
    pub(crate) phase: &'static str,
    /// How long its parts took.
    pub(crate) timings: Timings,
    /// How many errors it had to tell.
    pub(crate) errors: usize,
    /// How many warnings it had to tell.
    pub(crate) warnings: usize,
}

impl History {
    /// How many attempts are remembered.
    pub(crate) const LENGTH: usize = 50;

    /// Adds an attempt and forgets the oldest beyond the limit.
    pub(crate) fn push(&mut self, attempt: Attempt) {
        let attempts = Arc::make_mut(&mut self.0);
        if attempts.len() == Self::LENGTH {
            attempts.pop_front();
        }
        attempts.push_back(attempt);
    }

    /// How long the last builds took that ran cargo and were good, oldest first: at most 10. The first of a run is none of
    /// them, for it compiles what all later ones share.
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

    /// How long a build usually takes: the median of the last ones.
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

/// How long the parts of an attempt took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timings {
    /// From the change to cargo's end.
    pub(crate) build: Option<Duration>,
    /// From cargo's end to the app's first sign of being ready.
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
    fn what_is_usual_is_what_most_good_builds_took() {
        let mut history = History::default();
        assert_eq!(history.usual_build(), None);
        for (cause, phase, millis) in [
            (Cause::Started, "ready", 90_000),
            (Cause::Asked, "failed", 100),
            (Cause::Asked, "ready", 2000),
            (Cause::Asked, "crashed", 2200),
            (Cause::Asked, "building", 300),
            (Cause::Asked, "starting", 60_000),
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
            let attempt = attempt(Cause::Asked, "ready", 1);
            history.push(Attempt { number, ..attempt });
        }
        let numbers: Vec<_> = history.iter().map(|attempt| attempt.number).collect();
        assert_eq!(numbers, (11..=60).collect::<Vec<_>>());
    }
}
