//! Events for the loop in [`dev`](crate::dev), above all a [`Change`], which causes work.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

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

/// Waits until every change made so far is reflected in the phase.
///
/// The kernel queues file events, so a request can overtake the event of the save before it. Nothing trusts the phase
/// `ready` before it has waited here.
#[derive(Clone, Debug)]
pub(crate) struct Freshness {
    barrier_tx: mpsc::Sender<oneshot::Sender<()>>,
    /// Takes the notice of a barrier that is overdue.
    event_tx: mpsc::Sender<Event>,
    /// `true` while a barrier is overdue.
    is_stuck: Arc<AtomicBool>,
}

impl Freshness {
    /// The longest time that a file system may take to show the state of the files. After that requests do not wait for it.
    const TIMEOUT: Duration = Duration::from_secs(5);

    /// Returns the half that waits, and the watcher's half, which responds. Notices are dropped.
    pub(crate) fn channel() -> (Freshness, mpsc::Receiver<oneshot::Sender<()>>) {
        let (barrier_tx, barrier_rx) = mpsc::channel(64);
        let (event_tx, _) = mpsc::channel(1);
        let freshness = Freshness {
            barrier_tx,
            event_tx,
            is_stuck: Arc::default(),
        };
        (freshness, barrier_rx)
    }

    /// Sends its notices to `event_tx`.
    pub(crate) fn with_notices(self, event_tx: mpsc::Sender<Event>) -> Freshness {
        Freshness { event_tx, ..self }
    }

    /// Waits until every change made before the call is reflected in the phase.
    ///
    /// A file system that hangs is waited for once. Until it responds, later calls return at once.
    pub(crate) async fn reached(&self) {
        if self.is_stuck.load(Ordering::Relaxed) {
            return;
        }
        let (done, mut reached) = oneshot::channel();
        if self.barrier_tx.send(done).await.is_err() {
            // The watcher is gone, and with it the whole dev server.
            return;
        }
        if timeout(Self::TIMEOUT, &mut reached).await.is_err() {
            self.wait_out(reached);
        }
    }

    /// Shows that a barrier is overdue, and the end of that.
    fn wait_out(&self, reached: oneshot::Receiver<()>) {
        if self.is_stuck.swap(true, Ordering::Relaxed) {
            return;
        }
        self.notice(
            "the file system does not respond; until it does, responses may be older than the files",
        );
        let freshness = self.clone();
        tokio::spawn(async move {
            // An error means that the dev server ends.
            if reached.await.is_ok() {
                freshness.is_stuck.store(false, Ordering::Relaxed);
                freshness.notice("the file system responds again");
            }
        });
    }

    fn notice(&self, text: &str) {
        // A full queue means that the loop is waiting, too, and shows nothing.
        let _ = self.event_tx.try_send(Event::Notice(text.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_file_system_that_hangs_is_waited_for_once_and_reported() {
        let (freshness, mut barrier_rx) = Freshness::channel();
        let (event_tx, mut event_rx) = mpsc::channel(8);
        let freshness = freshness.with_notices(event_tx);
        let mut notice = async || match event_rx.recv().await {
            Some(Event::Notice(text)) => text,
            event => panic!("{event:?}"),
        };
        tokio::join!(freshness.reached(), freshness.reached());
        let [first, second] = [barrier_rx.recv().await, barrier_rx.recv().await];
        assert!(notice().await.contains("does not respond"));
        freshness.reached().await;
        assert!(barrier_rx.try_recv().is_err(), "nothing is requested again");
        for barrier in [first, second] {
            let _ = barrier.unwrap().send(());
        }
        assert_eq!(notice().await, "the file system responds again");
        let respond = async { barrier_rx.recv().await.unwrap().send(()) };
        let ((), responded) = tokio::join!(freshness.reached(), respond);
        assert!(responded.is_ok(), "it is waited for again");
    }
}
