//! The pace of verifications: before requests, but never more than a small part of a core's time.

use std::time::{Duration, Instant};

/// The times of the last verification.
#[derive(Debug, Default)]
pub(super) struct Pace(Option<Look>);

#[derive(Clone, Copy, Debug)]
struct Look {
    ended: Instant,
    took: Duration,
}

impl Pace {
    /// The pause after a verification while the system reports all changes, in multiples of the time that it took: 5 % of a core.
    const PAUSE: u32 = 20;
    /// The same while it does not, and each request needs a verification of its own: 25 % of a core.
    const SHORT_PAUSE: u32 = 3;
    /// The longest pause.
    const LONGEST: Duration = Duration::from_millis(300);
    /// The interval of verifications without a request, on file systems whose changes are not all reported.
    const INTERVAL: Duration = Duration::from_secs(1);

    /// Notes the end of the verification that began at `began`.
    pub(super) fn end(&mut self, began: Instant) {
        self.0 = Some(Look {
            ended: Instant::now(),
            took: began.elapsed(),
        });
    }

    /// Returns `true` if a request needs a verification now. `is_trusted` if the system's events were all read.
    pub(super) fn is_due(&self, is_trusted: bool) -> bool {
        self.rest(is_trusted).is_zero()
    }

    /// Returns the longest time to wait for a message, with this number of requests waiting for a verification.
    pub(super) fn next(&self, waiting: usize, is_reported: bool) -> Option<Duration> {
        let interval = (!is_reported).then_some(Self::INTERVAL);
        let rest = (waiting > 0).then(|| self.rest(false));
        rest.or(interval)
    }

    fn rest(&self, is_trusted: bool) -> Duration {
        let pause = if is_trusted {
            Self::PAUSE
        } else {
            Self::SHORT_PAUSE
        };
        let Some(look) = self.0 else {
            return Duration::ZERO;
        };
        let pause = (look.took * pause).min(Self::LONGEST);
        pause.saturating_sub(look.ended.elapsed())
    }
}
