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
    /// The pause after a verification while the system reports all changes, in multiples of the time that it took, maybe on
    /// several cores: 2 % of them.
    const PAUSE: u32 = 50;
    /// The same while it does not, and each request needs a verification of its own: 25 % of a core.
    const SHORT_PAUSE: u32 = 3;
    /// The longest pause.
    const LONGEST: Duration = Duration::from_millis(300);
    /// The interval of verifications without a request, on file systems whose changes are not all reported.
    const INTERVAL: Duration = Duration::from_secs(1);

    /// Notes the verification between these times.
    pub(super) fn note(&mut self, began: Instant, ended: Instant) {
        self.0 = Some(Look {
            ended,
            took: ended.duration_since(began),
        });
    }

    /// Returns `true` if a request needs a verification now. `is_trusted` if the system's events were all read.
    pub(super) fn is_due(&self, is_trusted: bool) -> bool {
        self.rest(is_trusted, Instant::now()).is_zero()
    }

    /// Returns the time at which a request needs a verification although the system's events were all read. `None` if there was
    /// none yet.
    pub(super) fn due(&self) -> Option<Instant> {
        let look = self.0?;
        look.ended.checked_add(look.pause(true))
    }

    /// Returns the longest time to wait for a message, with this number of requests waiting for a verification.
    pub(super) fn next(&self, waiting: usize, is_reported: bool) -> Option<Duration> {
        let interval = (!is_reported).then_some(Self::INTERVAL);
        let rest = (waiting > 0).then(|| self.rest(false, Instant::now()));
        rest.or(interval)
    }

    fn rest(&self, is_trusted: bool, now: Instant) -> Duration {
        let Some(look) = self.0 else {
            return Duration::ZERO;
        };
        look.pause(is_trusted)
            .saturating_sub(now.duration_since(look.ended))
    }
}

impl Look {
    fn pause(self, is_trusted: bool) -> Duration {
        let pause = if is_trusted {
            Pace::PAUSE
        } else {
            Pace::SHORT_PAUSE
        };
        (self.took * pause).min(Pace::LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: Duration = Duration::from_millis(1);

    /// The pauses after a verification that took this long, with events that were all read, and without.
    fn pauses(took: Duration) -> [Duration; 2] {
        let began = Instant::now();
        let ended = began + took;
        let mut pace = Pace::default();
        pace.note(began, ended);
        [true, false].map(|is_trusted| pace.rest(is_trusted, ended))
    }

    #[test]
    fn verifications_take_a_small_part_of_the_time() {
        assert_eq!(pauses(4 * MILLI), [200 * MILLI, 12 * MILLI]);
        assert_eq!(pauses(50 * MILLI), [300 * MILLI, 150 * MILLI]);
        assert_eq!(pauses(9000 * MILLI), [300 * MILLI; 2]);
    }

    #[test]
    fn the_first_request_and_one_after_a_pause_need_a_verification() {
        let mut pace = Pace::default();
        assert!(pace.is_due(true));
        let now = Instant::now();
        pace.note(now, now + 9 * MILLI);
        assert!(pace.rest(true, now + 100 * MILLI) > Duration::ZERO);
        assert!(pace.rest(true, now + 309 * MILLI).is_zero());
    }

    #[test]
    fn without_a_request_only_unreported_changes_are_looked_for() {
        let pace = Pace::default();
        assert_eq!(pace.next(0, true), None);
        assert_eq!(pace.next(0, false), Some(Pace::INTERVAL));
        assert_eq!(pace.next(1, true), Some(Duration::ZERO));
    }
}
