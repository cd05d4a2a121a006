//! The status: what is built, which attempt this is and why, and how far it has come.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use crate::diagnostics::Diagnostics;
use crate::state::change::Cause;
use crate::state::history::{Attempt, History, Timings};
use crate::state::phase::Phase;

/// All there is to show: what is built, which attempt this is and why, and how far it has come.
#[derive(Clone, Debug)]
pub(crate) struct Status {
    /// What is built and run.
    pub(crate) target: Arc<Target>,
    /// Which attempt this is, counted from 1.
    pub(crate) attempt: u64,
    /// Why it was made.
    pub(crate) cause: Cause,
    /// When it began.
    pub(crate) since: Instant,
    /// How far it has come.
    pub(crate) phase: Phase,
    /// What the build said: so far while it runs, all of it afterwards. The warnings of a good build stay.
    pub(crate) diagnostics: Arc<Diagnostics>,
    /// How long its parts took.
    pub(crate) timings: Timings,
    /// The attempts before this one.
    pub(crate) history: History,
}

impl Status {
    /// This attempt, as far as it has come.
    pub(crate) fn to_attempt(&self) -> Attempt {
        Attempt {
            number: self.attempt,
            cause: self.cause.clone(),
            phase: self.phase.name(),
            timings: self.timings,
            errors: self.diagnostics.errors(),
            warnings: self.diagnostics.warnings(),
        }
    }
}

/// The binary that is built and run.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The package's name. Empty while the manifest can't be read.
    pub(crate) package: String,
    /// The binary's or example's name.
    pub(crate) name: String,
    /// Where rustc's relative file names start.
    pub(crate) root: PathBuf,
    /// The folders of its package and of those it depends on by path. The package's own is the first.
    pub(crate) packages: Vec<PathBuf>,
    /// Is it built on gin-core, and so tells what goes wrong in it?
    pub(crate) reports: bool,
    /// How it is made.
    pub(crate) recipe: Recipe,
}

/// How a binary is made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recipe {
    /// The compiler, as it calls itself: `rustc 1.95.0 (59807616e 2026-04-14)`. Empty if it does not say.
    pub(crate) toolchain: String,
    /// cargo's profile.
    pub(crate) profile: String,
    /// The features that are asked for, `default` among them unless it was turned off.
    pub(crate) features: Vec<String>,
    /// Where cargo puts what it makes.
    pub(crate) folder: PathBuf,
}
