//! The misses of a run, and its figures.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use crate::operation::{Done, Kind};

/// A wrong response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// The app responded with an old text, and plain cargo would have built the new one.
    OldText,
    /// The app responded with an old text, and cargo itself takes it for the new one.
    OldTextOfCargo,
    /// The app responded, although the build fails.
    OldApp,
    /// A page was shown, although the build is good.
    StillBroken,
    /// The text is right, but a change has not been built.
    NotFresh,
    /// There was no response, or it was held for too long.
    NoResponse,
    /// The model and cargo disagree: the test is wrong.
    Model,
}

/// A step whose response was wrong.
#[derive(Debug)]
struct Miss {
    operation: usize,
    fault: Fault,
    done: Vec<Done>,
    detail: String,
}

/// The misses of a run.
#[derive(Debug)]
pub(crate) struct Misses {
    seed: u64,
    operations: usize,
    /// The number of operations of each kind.
    counts: BTreeMap<Kind, usize>,
    found: Vec<Miss>,
}

impl Misses {
    pub(crate) fn new(seed: u64) -> Misses {
        Misses {
            seed,
            operations: 0,
            counts: BTreeMap::new(),
            found: Vec::new(),
        }
    }

    /// Counts the operations of a step.
    pub(crate) fn count(&mut self, done: &[Done]) {
        self.operations += done.len();
        for done in done {
            *self.counts.entry(done.kind).or_default() += 1;
        }
    }

    /// Adds a miss after the operations of a step.
    pub(crate) fn push(&mut self, fault: Fault, done: Vec<Done>, detail: String) {
        let miss = Miss {
            operation: self.operations,
            fault,
            done,
            detail,
        };
        eprintln!("{miss}");
        self.found.push(miss);
    }

    pub(crate) fn operations(&self) -> usize {
        self.operations
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?} after operation {}:", self.fault, self.operation)?;
        for done in &self.done {
            // The names before are those of the temporary directory.
            let names = done.path.iter().skip_while(|name| *name != "above");
            writeln!(
                f,
                "    {:?} {}",
                done.kind,
                names.collect::<PathBuf>().display()
            )?;
        }
        write!(f, "{}", self.detail)
    }
}

impl fmt::Display for Misses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for miss in &self.found {
            writeln!(f, "{miss}")?;
        }
        writeln!(f, "operation        done  misses of steps that end with it")?;
        for (kind, count) in &self.counts {
            let of_kind = |miss: &&Miss| miss.done.last().is_some_and(|done| done.kind == *kind);
            let mut faults: BTreeMap<Fault, usize> = BTreeMap::new();
            for miss in self.found.iter().filter(of_kind) {
                *faults.entry(miss.fault).or_default() += 1;
            }
            let name = format!("{kind:?}");
            writeln!(f, "{name:<15} {count:>5}  {faults:?}")?;
        }
        let (seed, operations) = (self.seed, self.operations);
        let misses = self.found.len();
        writeln!(
            f,
            "seed {seed}, {operations} operations, {misses} misses; again:"
        )?;
        let last = self.found.last().map_or(operations, |miss| miss.operation);
        write!(
            f,
            "MODEL_SEED={seed} MODEL_OPERATIONS={last} cargo test -p gin-tests --test model -- --nocapture"
        )
    }
}
