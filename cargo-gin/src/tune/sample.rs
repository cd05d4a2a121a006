//! Times of builds.

use std::time::Duration;

use serde::Serialize;

/// The times that builds under one setting took, in the order in which they ran.
#[derive(Clone, Debug, Default)]
pub(super) struct Samples(Vec<Duration>);

/// A summary of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) median: Duration,
    /// The ends of the middle half.
    pub(super) lower: Duration,
    pub(super) upper: Duration,
    pub(super) least: Duration,
    pub(super) most: Duration,
}

impl Samples {
    pub(super) fn push(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns `true` if at least four in five are less than the other samples of the same round.
    pub(super) fn are_mostly_less(&self, others: &Samples) -> bool {
        let rounds = self.0.iter().zip(&others.0);
        let less = rounds.filter(|(own, other)| own < other).count();
        less * 5 >= self.0.len() * 4
    }

    /// Returns the summary, or `None` without samples.
    pub(super) fn summary(&self) -> Option<Summary> {
        let mut sorted = self.0.clone();
        sorted.sort();
        Some(Summary {
            median: quantile(&sorted, 2)?,
            lower: quantile(&sorted, 1)?,
            upper: quantile(&sorted, 3)?,
            least: *sorted.first()?,
            most: *sorted.last()?,
        })
    }
}

/// Returns the quantile of so many quarters, between two samples if it lies there.
fn quantile(sorted: &[Duration], quarters: usize) -> Option<Duration> {
    let place = sorted.len().checked_sub(1)? * quarters;
    let (below, rest) = (place / 4, u32::try_from(place % 4).ok()?);
    let low = *sorted.get(below)?;
    let high = *sorted.get(below + 1).unwrap_or(&low);
    Some(low + high.saturating_sub(low) * rest / 4)
}

/// A summary in milliseconds, for JSON.
#[derive(Debug, Serialize)]
pub(super) struct Millis {
    median: u128,
    least: u128,
    most: u128,
}

impl From<Summary> for Millis {
    fn from(summary: Summary) -> Millis {
        Millis {
            median: summary.median.as_millis(),
            least: summary.least.as_millis(),
            most: summary.most.as_millis(),
        }
    }
}

#[cfg(test)]
impl FromIterator<u64> for Samples {
    fn from_iter<T: IntoIterator<Item = u64>>(millis: T) -> Samples {
        Samples(millis.into_iter().map(Duration::from_millis).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_samples() {
        for (samples, expected) in [
            (&[][..], None),
            (&[7], Some([7, 7, 7])),
            (&[5, 1], Some([2, 3, 4])),
            (&[5, 1, 3, 2, 4], Some([2, 3, 4])),
            (&[40, 10, 30, 20], Some([17, 25, 32])),
        ] {
            let samples: Samples = samples.iter().copied().collect();
            let found = samples.summary().map(|summary| {
                [summary.lower, summary.median, summary.upper].map(|time| time.as_millis())
            });
            assert_eq!(found, expected, "{samples:?}");
        }
    }
}
