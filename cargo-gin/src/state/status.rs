//! The status: the target, the current attempt and its reason, and its progress.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::diagnostics::Diagnostics;
use crate::state::change::Cause;
use crate::state::changed_files::ChangedFiles;
use crate::state::history::{Attempt, History, Timings};
use crate::state::phase::Phase;
use crate::state::progress::Progress;

/// Everything that terminal and pages show: the target, the current attempt and its reason, and its progress.
#[derive(Clone, Debug)]
pub(crate) struct Status {
    pub(crate) target: Arc<Target>,
    /// The port of the dev server itself. 0 for a process beside the app.
    pub(crate) front: u16,
    /// The number of the attempt, from 1.
    pub(crate) attempt: u64,
    pub(crate) cause: Cause,
    /// The time of the change.
    pub(crate) since: Instant,
    pub(crate) phase: Phase,
    /// The errors and warnings of the build, those so far while it runs. The warnings of a good build stay with later attempts
    /// that build nothing.
    pub(crate) diagnostics: Arc<Diagnostics>,
    pub(crate) timings: Timings,
    /// Counts the apps that were started, except those from the same bytes as the one before.
    pub(crate) edition: u64,
    /// Files that change again and again without changing the result, and start no more builds.
    pub(crate) muted: Option<ChangedFiles>,
    /// The next start of an app that has crashed.
    pub(crate) revival: Revival,
    pub(crate) history: History,
}

impl Status {
    /// Returns the status of a target that nothing was done for yet.
    pub(crate) fn new(target: Target) -> Status {
        Status {
            target: Arc::new(target),
            front: 0,
            attempt: 0,
            cause: Cause::Started,
            since: Instant::now(),
            phase: Phase::Building(Progress::default()),
            diagnostics: Arc::new(Diagnostics::default()),
            timings: Timings::default(),
            edition: 0,
            muted: None,
            revival: Revival::Save,
            history: History::default(),
        }
    }

    /// Returns the attempt as it appears in the history.
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

/// The event that starts an app again after a crash, besides those that always do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revival {
    /// A save, a key or a page.
    Save,
    /// The end of a pause as well.
    Pause,
    /// The next request as well, which is held until the app is ready.
    Request,
    /// A save, a key or a page. It would start again by itself, but has crashed at the same place twice.
    Edit,
}

/// The binary that is built and run.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) role: Role,
    /// The package's name. Empty while the manifest cannot be read.
    pub(crate) package: String,
    /// The name of the binary or example.
    pub(crate) name: String,
    /// The workspace's root. Rustc's file names are relative to it.
    pub(crate) root: PathBuf,
    /// The directories of its package and of the path dependencies. The package's own is the first.
    pub(crate) packages: Vec<PathBuf>,
    /// `true` if the binary depends on gin-core, whose apps report their failures.
    pub(crate) reports: bool,
    pub(crate) recipe: Recipe,
}

impl Target {
    /// Returns a target of which only this is known.
    pub(crate) fn named(name: &str, root: &Path, role: Role) -> Target {
        Target {
            role,
            package: String::new(),
            name: name.to_owned(),
            root: root.to_owned(),
            packages: Vec::new(),
            reports: false,
            recipe: Recipe::default(),
        }
    }
}

/// The role of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    App,
    /// A process beside the app, which is not built.
    Side,
}

/// The settings that a binary is built with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recipe {
    /// The compiler's version: `rustc 1.95.0 (59807616e 2026-04-14)`. Empty if rustc does not print it.
    pub(crate) toolchain: String,
    /// Cargo's profile.
    pub(crate) profile: String,
    /// The selected features, `default` among them unless it was turned off.
    pub(crate) features: Vec<String>,
    pub(crate) target_dir: PathBuf,
}
