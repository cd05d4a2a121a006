//! Whatever causes work: a [`Change`], sent to the loop in [`dev`](crate::dev).

use std::fmt;

use tokio::sync::{mpsc, oneshot};

use crate::state::changed_files::ChangedFiles;

/// Something happened that the running app does not reflect yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// What happened, to be shown.
    pub(crate) cause: Cause,
    /// What must be done about it.
    pub(crate) effect: Effect,
}

impl Change {
    /// Somebody asked for a rebuild, by key or from a page.
    pub(crate) fn asked() -> Change {
        Change {
            cause: Cause::Asked,
            effect: Effect::Resolve,
        }
    }

    /// Takes in a later change: both causes are kept, the greater effect wins. What only reloads is no cause of more.
    pub(crate) fn merge(&mut self, later: Change) {
        match (self.effect, later.effect) {
            (Effect::Reload, Effect::Reload) => {}
            (Effect::Reload, _) => return *self = later,
            (_, Effect::Reload) => return,
            _ => {}
        }
        self.effect = self.effect.max(later.effect);
        match (&mut self.cause, later.cause) {
            (Cause::Changed(files), Cause::Changed(more)) => files.merge(more),
            (_, Cause::Started) => {}
            (cause, later) => *cause = later,
        }
    }
}

/// Why an attempt was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The dev server started.
    #[default]
    Started,
    /// Somebody asked for it, by key or from a page.
    Asked,
    /// These files changed.
    Changed(ChangedFiles),
    /// Files changed faster than the system could tell which.
    Overflow,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Started => f.write_str("first build"),
            Cause::Asked => f.write_str("asked for"),
            Cause::Overflow => f.write_str("more files than the system could follow"),
            Cause::Changed(files) => files.fmt(f),
        }
    }
}

/// What a change asks for, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effect {
    /// The app reads the file when it runs: browsers reload, nothing is built.
    Reload,
    /// The app reads the file when it starts: it is restarted, nothing is built.
    Restart,
    /// cargo is run.
    Rebuild,
    /// The package itself may have changed: its metadata is read again, then cargo is run.
    Resolve,
}

/// What the loop is sent.
#[derive(Debug)]
pub(crate) enum Event {
    /// There is work.
    Change(Change),
    /// Somebody wants to know when all that was sent before has taken effect.
    Barrier(oneshot::Sender<()>),
    /// The person should know this.
    Notice(String),
}

/// Tells when every change up to now is reflected in the phase.
///
/// The kernel queues file events, so a request can be quicker than the news of the save before it. Whoever is about to
/// say "ready" waits here first.
#[derive(Clone, Debug)]
pub(crate) struct Freshness(mpsc::Sender<oneshot::Sender<()>>);

impl Freshness {
    /// The asking half, and the half that the watcher answers.
    pub(crate) fn channel() -> (Freshness, mpsc::Receiver<oneshot::Sender<()>>) {
        let (asks, asked) = mpsc::channel(64);
        (Freshness(asks), asked)
    }

    /// Waits until every change made before the call has become a phase.
    pub(crate) async fn reached(&self) {
        let (done, reached) = oneshot::channel();
        if self.0.send(done).await.is_ok() {
            // An error means that the watcher is gone, and the whole dev server with it.
            let _ = reached.await;
        }
    }
}
