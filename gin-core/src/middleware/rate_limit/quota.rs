//! The generic cell rate algorithm: a leaky bucket in one number.

use std::time::Duration;

/// A rate and the number of requests that may come at once.
///
/// A key is known by one moment: that at which it will have its whole burst again. A request moves it by one period, and is refused
/// if that would move it further ahead than the whole burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quota {
    /// The time in which one request is earned, in nanoseconds.
    period: u64,
    pub(super) burst: u32,
}

/// The quota of a key after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Balance {
    /// The requests that may come at once.
    pub(super) remaining: u32,
    /// The time until all of the burst is available.
    pub(super) full_in: Duration,
    pub(super) outcome: Outcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Admitted,
    /// The next request is admitted after this time.
    Refused(Duration),
}

impl Quota {
    /// Returns the quota of `count` requests in each `interval`.
    pub(super) fn new(count: u32, interval: Duration) -> Quota {
        let interval = u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX);
        Quota {
            // A century is for ever, and leaves room for sums.
            period: (interval / u64::from(count.max(1)))
                .clamp(1, u64::from(u32::MAX) * 1_000_000_000),
            burst: count,
        }
    }

    /// Returns the time in which one request is earned, in microseconds.
    #[cfg(feature = "redis")]
    pub(super) fn period_micros(self) -> u64 {
        (self.period / 1_000).max(1)
    }

    /// Returns the time in which all of the burst is earned, in nanoseconds.
    pub(super) fn window(self) -> u64 {
        self.period.saturating_mul(self.burst.into())
    }

    /// Charges a key that is full at `full_at` for a request at `now`, both in nanoseconds. Returns the moment at which it is full
    /// from then on.
    pub(super) fn charge(self, full_at: u64, now: u64) -> (u64, Balance) {
        let full_at = full_at.max(now);
        let next = full_at.saturating_add(self.period);
        let left = self.window().checked_sub(next - now);
        let full_at = if left.is_some() { next } else { full_at };
        let outcome = match left {
            Some(_) => Outcome::Admitted,
            None => Outcome::Refused(Duration::from_nanos((next - now) - self.window())),
        };
        let remaining = left.unwrap_or(0) / self.period;
        let balance = Balance {
            remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
            full_in: Duration::from_nanos(full_at - now),
            outcome,
        };
        (full_at, balance)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Outcome, Quota};

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_burst_is_admitted_and_earned_again() {
        let quota = Quota {
            burst: 3,
            ..Quota::new(2, Duration::from_secs(1))
        };
        let mut full_at = 0;
        let half = Duration::from_millis(500);
        for (now, remaining, outcome) in [
            (0, 2, Outcome::Admitted),
            (0, 1, Outcome::Admitted),
            (0, 0, Outcome::Admitted),
            (0, 0, Outcome::Refused(half)),
            // A refused request costs nothing.
            (0, 0, Outcome::Refused(half)),
            (SECOND / 4, 0, Outcome::Refused(half / 2)),
            (SECOND / 2, 0, Outcome::Admitted),
            (SECOND / 2, 0, Outcome::Refused(half)),
            (100 * SECOND, 2, Outcome::Admitted),
        ] {
            let (next, balance) = quota.charge(full_at, now);
            assert_eq!(
                (balance.remaining, balance.outcome),
                (remaining, outcome),
                "{now}"
            );
            full_at = next;
        }
    }

    #[test]
    fn extreme_quotas_do_not_overflow() {
        for quota in [
            Quota::new(u32::MAX, Duration::from_nanos(1)),
            Quota::new(1, Duration::MAX),
            Quota::new(u32::MAX, Duration::MAX),
            Quota::new(0, Duration::ZERO),
        ] {
            let (full_at, _) = quota.charge(0, u64::MAX / 2);
            quota.charge(full_at, u64::MAX / 2);
            quota.charge(u64::MAX, 0);
        }
    }
}
