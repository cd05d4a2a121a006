//! The findings: each candidate with the outcome of its measurement, and the best of them.

use crate::tune::bench::Costs;
use crate::tune::candidate::Candidate;
use crate::tune::verdict::{Comparison, Verdict};

/// A candidate and the outcome of its measurement.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) candidate: Candidate,
    pub(super) outcome: Outcome,
}

/// The outcome of a measurement.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Compared(Comparison, Costs),
    /// The project does not build with it, for this reason.
    Failed(String),
    /// The budget was spent.
    Unmeasured,
}

/// A gain that is a little smaller is preferred if it costs less.
const MARGIN: f64 = 0.05;

impl Finding {
    /// Returns the time as a share of today's, if that is less by more than the spread.
    pub(super) fn gain(&self) -> Option<f64> {
        match &self.outcome {
            Outcome::Compared(comparison, _) if comparison.verdict == Verdict::Faster => {
                Some(comparison.ratio())
            }
            _ => None,
        }
    }
}

/// Returns the candidates that are worth it, at most one of each kind: the mildest of those that gain about as much as the best.
pub(super) fn best(findings: &[Finding]) -> Vec<&Finding> {
    let mut best: Vec<&Finding> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.gain().is_some()) {
        if best
            .iter()
            .any(|other| finding.candidate.excludes(&other.candidate))
        {
            continue;
        }
        let rivals = findings
            .iter()
            .filter(|other| other.candidate.excludes(&finding.candidate));
        let rivals: Vec<(&Finding, f64)> = rivals
            .filter_map(|rival| Some((rival, rival.gain()?)))
            .collect();
        let least = rivals
            .iter()
            .map(|(_, gain)| *gain)
            .fold(f64::INFINITY, f64::min);
        let mut rivals = rivals.into_iter();
        best.extend(
            rivals
                .find(|(_, gain)| *gain <= least + MARGIN)
                .map(|(rival, _)| rival),
        );
    }
    best
}

/// Returns the finding whose changes are offered, if there is one.
///
/// The best of many measurements may be so by chance. So it counts only if a second one agrees, as far as the budget allowed one.
/// `again` are the second measurements: of all of the best together, and of the best one.
pub(super) fn choice<'a>(best: &[&'a Finding], again: &'a [Finding]) -> Option<&'a Finding> {
    let (single, gain) = best_one(best)?;
    for second in again {
        match (second.gain(), &second.outcome) {
            (_, Outcome::Unmeasured) => return Some(single),
            (Some(together), _) if second.candidate.names != single.candidate.names => {
                let is_worth = together < gain - MARGIN / 2.0;
                return Some(if is_worth { second } else { single });
            }
            (Some(_), _) => return Some(second),
            (None, _) => {}
        }
    }
    None
}

/// Returns the best one, and its time as a share of today's.
pub(super) fn best_one<'a>(best: &[&'a Finding]) -> Option<(&'a Finding, f64)> {
    let gains = best
        .iter()
        .filter_map(|finding| Some((*finding, finding.gain()?)));
    gains.min_by(|(_, one), (_, other)| one.total_cmp(other))
}

#[cfg(test)]
mod tests {
    use crate::cli::CandidateName;
    use crate::tune::candidate::Extent;
    use crate::tune::verdict::Pair;

    use super::*;

    /// Makes a finding with these times of builds, in milliseconds. Today's take 1,000.
    fn finding(names: &[CandidateName], millis: u64) -> Finding {
        let pair = Pair {
            today: [1000; 3].into_iter().collect(),
            changed: [millis; 3].into_iter().collect(),
        };
        Finding {
            candidate: Candidate {
                names: names.to_vec(),
                title: String::new(),
                changes: Vec::new(),
                arguments: Vec::new(),
                extent: Extent::Own,
                price: "",
            },
            outcome: Outcome::Compared(
                pair.compare().unwrap(),
                Costs {
                    clean: None,
                    target: None,
                    program: 0,
                },
            ),
        }
    }

    #[test]
    fn the_mildest_of_the_best_is_chosen_of_each_kind() {
        use CandidateName::{DebugLineTables, DebugNone, LinkerMold, OptimizedMacros};
        for (times, expected) in [
            (vec![], vec![]),
            (vec![(DebugLineTables, 990)], vec![]),
            (
                vec![(DebugLineTables, 800), (DebugNone, 790)],
                vec![DebugLineTables],
            ),
            (
                vec![(DebugLineTables, 800), (DebugNone, 600)],
                vec![DebugNone],
            ),
            (
                vec![
                    (LinkerMold, 700),
                    (DebugLineTables, 800),
                    (OptimizedMacros, 1200),
                ],
                vec![LinkerMold, DebugLineTables],
            ),
        ] {
            let findings: Vec<Finding> = times
                .iter()
                .map(|(name, millis)| finding(&[*name], *millis))
                .collect();
            let names: Vec<_> = best(&findings)
                .iter()
                .flat_map(|best| best.candidate.names.clone())
                .collect();
            assert_eq!(names, expected, "{times:?}");
        }
    }

    #[test]
    fn together_they_are_offered_only_if_that_gains_more() {
        use CandidateName::{DebugNone, LinkerMold};
        let (mold, none) = (finding(&[LinkerMold], 700), finding(&[DebugNone], 800));
        let best = [&mold, &none];
        for (together, single, expected) in [
            (600, None, vec![LinkerMold, DebugNone]),
            (690, None, vec![LinkerMold]),
            (1100, Some(720), vec![LinkerMold]),
            // The first measurement was a chance.
            (1100, Some(990), vec![]),
        ] {
            let mut again = vec![finding(&[LinkerMold, DebugNone], together)];
            again.extend(single.map(|millis| finding(&[LinkerMold], millis)));
            let chosen = choice(&best, &again);
            let names = chosen.map(|chosen| chosen.candidate.names.clone());
            assert_eq!(names.unwrap_or_default(), expected, "{together}");
        }
        assert!(choice(&[], &[]).is_none());
    }

    #[test]
    fn a_spent_budget_leaves_the_best_one_of_the_first_measurement() {
        use CandidateName::LinkerMold;
        let mold = finding(&[LinkerMold], 700);
        let again = [Finding {
            outcome: Outcome::Unmeasured,
            ..mold.clone()
        }];
        let chosen = choice(&[&mold], &again).unwrap();
        assert_eq!(chosen.gain(), Some(0.7));
    }
}
