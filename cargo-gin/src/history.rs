//! The attempts that newer ones have followed.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::change::Cause;

/// The last attempts, oldest first: at most [`History::LENGTH`].
#[derive(Clone, Debug, Default)]
pub(crate) struct History(Arc<VecDeque<Attempt>>);

/// An attempt, and how far it had come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// Which one it is, counted from 1.
    pub(crate) build: u64,
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

    #[test]
    fn the_oldest_attempts_are_forgotten() {
        let mut history = History::default();
        for build in 1..=60 {
            history.push(Attempt {
                build,
                cause: Cause::Asked,
                phase: "ready",
                timings: Timings::default(),
                errors: 0,
                warnings: 0,
            });
        }
        let builds: Vec<_> = history.iter().map(|attempt| attempt.build).collect();
        assert_eq!(builds, (11..=60).collect::<Vec<_>>());
    }
}
