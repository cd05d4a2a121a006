//! The outcome of an attempt, as far as the user sees it.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::diagnostics::Diagnostics;
use crate::state::{Phase, Status};

/// The end of an attempt. Two ends are equal if nothing that the user sees differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The build failed, with diagnostics of this hash.
    Failed(u64),
    /// The build is good, and the app has not been started.
    Idle,
    /// The app of this edition runs.
    Ready(u64),
    /// The app exited.
    Crashed,
}

impl Outcome {
    /// Returns the outcome of an attempt, if it has ended.
    pub(super) fn of(status: &Status) -> Option<Outcome> {
        match &status.phase {
            Phase::Building(_) | Phase::Starting(_) => None,
            Phase::Failed => Some(Outcome::Failed(hash(&status.diagnostics))),
            Phase::Idle | Phase::Built => Some(Outcome::Idle),
            Phase::Ready(_) => Some(Outcome::Ready(status.edition)),
            Phase::Crashed(_) => Some(Outcome::Crashed),
        }
    }

    /// Returns `true` if the attempt ended with an app, or could start one.
    pub(super) fn is_good(self) -> bool {
        matches!(self, Outcome::Idle | Outcome::Ready(_))
    }
}

fn hash(diagnostics: &Diagnostics) -> u64 {
    let mut hasher = DefaultHasher::new();
    diagnostics.errors().hash(&mut hasher);
    for diagnostic in diagnostics.iter() {
        diagnostic.message.message.hash(&mut hasher);
        diagnostic.printed().hash(&mut hasher);
    }
    hasher.finish()
}
