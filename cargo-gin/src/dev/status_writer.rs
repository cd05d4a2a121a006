//! The status, which the loop alone writes and everything else reads.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::watch;

use crate::builder::Observer;
use crate::diagnostics::{Diagnostic, Diagnostics, Origin};
use crate::hooks::Failure;
use crate::source::Library;
use crate::state::{
    Change, ChangedFiles, Exit, Phase, Progress, Reachable, Revival, Status, Target, Timings,
};

/// The only writer of the [`Status`], shared by the parts of the loop. Once it is dropped, the tasks that show the status end.
#[derive(Clone)]
pub(super) struct StatusWriter(watch::Sender<Status>);

impl StatusWriter {
    pub(super) fn new(status_tx: watch::Sender<Status>) -> StatusWriter {
        StatusWriter(status_tx)
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Status> {
        self.0.subscribe()
    }

    /// Begins an attempt. Done before any of its work, so that from here on no request reaches the old code.
    pub(super) fn announce(&self, change: &Change) {
        self.0.send_modify(|status| {
            if status.attempt > 0 {
                let past = status.to_attempt();
                status.history.push(past);
            }
            status.attempt += 1;
            restart(status, change);
        });
    }

    /// Begins an attempt over again, because more files of the same burst have changed.
    pub(super) fn extend(&self, change: &Change) {
        self.0.send_modify(|status| restart(status, change));
    }

    /// Shows which binary is built from now on.
    pub(super) fn target(&self, target: Target) {
        self.0
            .send_modify(|status| status.target = Arc::new(target));
    }

    /// Shows the warnings of the last good build, also when nothing was built this time.
    pub(super) fn warn(&self, warnings: &Arc<Diagnostics>) {
        self.0
            .send_modify(|status| status.diagnostics = Arc::clone(warnings));
    }

    /// Ends a good build, and returns its warnings.
    pub(super) fn built(&self) -> Arc<Diagnostics> {
        self.0
            .send_modify(|status| status.timings.build = Some(status.since.elapsed()));
        Arc::clone(&self.0.borrow().diagnostics)
    }

    /// Ends a failed build, whose errors are shown already.
    pub(super) fn failed(&self) {
        self.0.send_modify(|status| {
            status.timings.build = Some(status.since.elapsed());
            status.phase = Phase::Failed;
        });
    }

    /// Fails with a single error, which is not about code.
    pub(super) fn refuse(&self, origin: Origin, text: &str) {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(Diagnostic::error(origin, text));
        // Our own errors quote the one line that they are about. The lines around it, in a `.env` file, may hold secrets.
        if origin == Origin::Cargo {
            let root = self.0.borrow().target.root.clone();
            diagnostics.snapshot(&Library::new(&root, &[]));
        }
        self.diagnostics(&diagnostics);
        self.failed();
    }

    /// Shows the failure of a hook as the only error, with its last output.
    pub(super) fn fail_hook(&self, failure: &Failure) {
        let mut diagnostics = Diagnostics::default();
        let lines = failure.tail.iter().map(|line| format!("{}\n", line.text));
        let output: String = lines.collect();
        diagnostics.push(Diagnostic::hook(&failure.headline, &output));
        self.diagnostics(&diagnostics);
    }

    /// Enters the phase of an app that exited by itself, with what starts it again.
    pub(super) fn crash(&self, exit: Arc<Exit>, revival: Revival) {
        self.0.send_modify(|status| {
            status.phase = Phase::Crashed(exit);
            status.revival = revival;
        });
    }

    /// Lets the next request start an app that has crashed.
    pub(super) fn await_request(&self) {
        self.0
            .send_modify(|status| status.revival = Revival::Request);
    }

    pub(super) fn enter(&self, phase: Phase) {
        self.0.send_modify(|status| status.phase = phase);
    }

    /// Counts an app that differs from the one before.
    pub(super) fn count_edition(&self) {
        self.0.send_modify(|status| status.edition += 1);
    }

    /// Names further files that start no more builds.
    pub(super) fn mute(&self, files: ChangedFiles) {
        self.0.send_modify(|status| match &mut status.muted {
            Some(muted) => muted.merge(files),
            None => status.muted = Some(files),
        });
    }

    /// Forgets the files that start no builds.
    pub(super) fn unmute(&self) {
        self.0
            .send_if_modified(|status| status.muted.take().is_some());
    }

    /// Ends the start of the app, which accepts connections from now on.
    pub(super) fn ready(&self, reachable: Reachable) {
        self.0.send_modify(|status| {
            let since_build = status.timings.build.unwrap_or_default();
            status.timings.start = Some(status.since.elapsed().saturating_sub(since_build));
            status.phase = Phase::Ready(reachable);
        });
    }
}

/// Returns to the start of an attempt.
fn restart(status: &mut Status, change: &Change) {
    status.cause = change.cause.clone();
    status.since = Instant::now();
    status.phase = Phase::Building(Progress::default());
    status.diagnostics = Arc::default();
    status.timings = Timings::default();
    status.revival = Revival::Save;
}

impl Observer for StatusWriter {
    fn progress(&self, progress: Progress) {
        self.enter(Phase::Building(progress));
    }

    fn diagnostics(&self, diagnostics: &Diagnostics) {
        self.0
            .send_modify(|status| status.diagnostics = Arc::new(diagnostics.clone()));
    }
}
