//! Events for the loop in [`dev`](crate::dev), above all a [`Change`], which causes work.

use std::fmt;

use tokio::sync::oneshot;

use crate::state::changed_files::ChangedFiles;

/// An event that the running app does not reflect yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// The reason, as it is shown.
    pub(crate) cause: Cause,
    /// The work that it takes.
    pub(crate) effect: Effect,
    /// The certainty that the work is of use.
    pub(crate) certainty: Certainty,
    /// The fate of an app whose executable stays the same.
    pub(crate) relaunch: Relaunch,
}

impl Change {
    /// A change that matters, and that restarts the app only if its executable changes.
    pub(crate) fn new(cause: Cause, effect: Effect) -> Change {
        Change {
            cause,
            effect,
            certainty: Certainty::Certain,
            relaunch: Relaunch::IfDifferent,
        }
    }

    /// A rebuild that the user requested, by key or from a page.
    pub(crate) fn requested() -> Change {
        Change::new(Cause::Requested, Effect::Resolve)
    }

    /// A restart without a build, for this reason. Cargo runs only if there is no good build.
    pub(crate) fn restart(cause: Cause) -> Change {
        Change {
            relaunch: Relaunch::Always,
            ..Change::new(cause, Effect::Restart)
        }
    }

    /// Takes over the work that an earlier change takes, but not its cause.
    pub(crate) fn take_over(&mut self, earlier: &Change) {
        self.effect = self.effect.max(earlier.effect);
        self.relaunch = self.relaunch.max(earlier.relaunch);
    }

    /// Merges a later change into this one: the files of both are kept, the greater effect wins.
    ///
    /// A change that only reloads browsers does not appear among the causes of a build.
    pub(crate) fn merge(&mut self, later: Change) {
        match (self.effect, later.effect) {
            (Effect::Reload, Effect::Reload) => {}
            (Effect::Reload, _) => return *self = later,
            (_, Effect::Reload) => return,
            _ => {}
        }
        self.effect = self.effect.max(later.effect);
        self.certainty = self.certainty.max(later.certainty);
        self.relaunch = self.relaunch.max(later.relaunch);
        match (&mut self.cause, later.cause) {
            (Cause::Changed(files), Cause::Changed(more)) => files.merge(more),
            (_, Cause::Started) => {}
            (cause, later) => *cause = later,
        }
    }
}

/// The reason for an attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The dev server started.
    #[default]
    Started,
    /// The user requested it, by key or from a page.
    Requested,
    /// The user requested that the app starts again, by key or from a page.
    RestartRequested,
    /// The app crashed, and `--restart` starts it again.
    Crashed,
    /// These files changed.
    Changed(ChangedFiles),
    /// More files changed than the kernel's queue could hold, so nobody knows which.
    Overflow,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Started => f.write_str("first build"),
            Cause::Requested => f.write_str("requested"),
            Cause::RestartRequested => f.write_str("restart requested"),
            Cause::Crashed => f.write_str("crashed before"),
            Cause::Overflow => f.write_str("more files than the system could follow"),
            Cause::Changed(files) => files.fmt(f),
        }
    }
}

/// The work that a change takes, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effect {
    /// The app reads the file when it runs: browsers reload, nothing is built.
    Reload,
    /// The app reads the file when it starts: it is restarted, nothing is built.
    Restart,
    /// Cargo is run.
    Rebuild,
    /// The package itself may have changed: its metadata is read again, then cargo is run.
    Resolve,
}

/// The certainty that a change matters to the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Certainty {
    /// It may mend a failed build, whose inputs are not fully known.
    Possible,
    /// It is taken to matter, because nothing declares otherwise: the build script of its package declares no inputs, or the
    /// user has named the file with `--path` or `--all`.
    Assumed,
    /// The build reads the file, or the user requested the work.
    Certain,
}

/// The fate of a running app whose executable and variables stay the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Relaunch {
    /// It runs on.
    IfDifferent,
    /// It is restarted: it may have read the changed file when it started.
    Always,
}

/// An event for the loop.
#[derive(Debug)]
pub(crate) enum Event {
    /// There is work.
    Change(Change),
    /// Responds once everything that was sent before has taken effect.
    Barrier(oneshot::Sender<()>),
    /// Shows a notice to the user.
    Notice(String),
}
