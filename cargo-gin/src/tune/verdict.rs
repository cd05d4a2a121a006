//! A comparison of two settings by their samples.

use crate::tune::sample::{Samples, Summary};

/// The least gain that is worth a change.
const WORTH: f64 = 0.05;

/// The samples of today's settings and of others, taken in turns.
#[derive(Clone, Debug, Default)]
pub(super) struct Pair {
    pub(super) today: Samples,
    pub(super) changed: Samples,
}

/// The outcome of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Faster, by more than the spread.
    Faster,
    /// Slower, by more than the spread.
    Slower,
    /// The difference is small, or within the spread.
    Same,
}

/// The summaries of both, and the outcome.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comparison {
    pub(super) today: Summary,
    pub(super) changed: Summary,
    pub(super) verdict: Verdict,
}

impl Pair {
    /// Compares both, or returns `None` without samples.
    ///
    /// A difference counts if the middle halves of the samples do not overlap, and most rounds agree: one slow build changes
    /// nothing.
    pub(super) fn compare(&self) -> Option<Comparison> {
        let (today, changed) = (self.today.summary()?, self.changed.summary()?);
        let ratio = ratio(&changed, &today);
        let is_faster = changed.upper < today.lower && self.changed.are_mostly_less(&self.today);
        let is_slower = changed.lower > today.upper && self.today.are_mostly_less(&self.changed);
        let verdict = if is_faster && ratio <= 1.0 - WORTH {
            Verdict::Faster
        } else if is_slower && ratio >= 1.0 + WORTH {
            Verdict::Slower
        } else {
            Verdict::Same
        };
        Some(Comparison {
            today,
            changed,
            verdict,
        })
    }
}

impl Comparison {
    /// Returns the time under the changed settings as a share of today's.
    pub(super) fn ratio(&self) -> f64 {
        ratio(&self.changed, &self.today)
    }
}

fn ratio(changed: &Summary, today: &Summary) -> f64 {
    changed.median.as_secs_f64() / today.median.as_secs_f64().max(f64::EPSILON)
}

impl Verdict {
    /// Returns the word for it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Verdict::Faster => "faster",
            Verdict::Slower => "slower",
            Verdict::Same => "same",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_within_the_spread_does_not_count() {
        for (today, changed, expected) in [
            (
                [800, 810, 820, 830, 840],
                [600, 610, 620, 630, 640],
                Verdict::Faster,
            ),
            // One slow build each.
            (
                [800, 810, 820, 830, 2000],
                [600, 610, 620, 630, 900],
                Verdict::Faster,
            ),
            (
                [800, 810, 820, 830, 840],
                [780, 790, 795, 798, 799],
                Verdict::Same,
            ),
            (
                [500, 700, 820, 900, 1200],
                [400, 600, 620, 800, 900],
                Verdict::Same,
            ),
            (
                [600, 610, 620, 630, 640],
                [800, 810, 820, 830, 840],
                Verdict::Slower,
            ),
            ([800; 5], [800; 5], Verdict::Same),
            // Two rounds disagree.
            (
                [500, 510, 900, 910, 920],
                [600, 610, 400, 410, 420],
                Verdict::Same,
            ),
        ] {
            let pair = Pair {
                today: today.into_iter().collect(),
                changed: changed.into_iter().collect(),
            };
            let found = pair.compare().unwrap().verdict;
            assert_eq!(found, expected, "{today:?} {changed:?}");
        }
        assert!(Pair::default().compare().is_none());
    }
}
