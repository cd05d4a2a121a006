//! The proof, found on the thread of a request, that the phase reflects every change so far. A request that has it does not wait
//! for the watching thread.
//!
//! The thread gives a [`Conclusion`] once everything that it has read has been sent to the loop. It stands for every earlier save if
//!
//! - the kernel's queue is empty, and no file system was mounted: there is nothing to read,
//! - the names whose changes no event reports are as they were,
//! - the scope is the one that was concluded: a build may have read other files, which are to be verified first,
//! - no verification is due yet.
//!
//! An empty queue alone shows nothing, because the thread may have just read an event. So it withdraws its conclusion before it
//! reads, under the lock that a request holds while it looks: a conclusion that is there has nothing unfinished beside it. A full
//! queue is an event itself. A directory that is not watched yet is made within one that is, or by a change of the scope. An
//! event that comes while the thread concludes stays in the queue.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

use crate::state::Proof;
use crate::watcher::mounts::Mounts;
use crate::watcher::queue::Queue;
use crate::watcher::scope::Scope;
use crate::watcher::unreported::Unreported;

/// The proofs of requests, as far as the watching thread allows them.
#[derive(Clone, Debug)]
pub(super) struct Proofs {
    state: Arc<Mutex<State>>,
    scope_rx: watch::Receiver<Scope>,
}

#[derive(Debug)]
struct State {
    conclusion: Option<Conclusion>,
    mounts: Mounts,
    /// A look at the mounts shows a change once. It is noted here for the thread.
    has_mounted: bool,
}

/// The state in which the watching thread has nothing left to do.
#[derive(Debug)]
pub(super) struct Conclusion {
    pub(super) queue: Queue,
    pub(super) scope: Scope,
    pub(super) unreported: Unreported,
    /// The time of the next verification.
    pub(super) until: Instant,
}

impl Proofs {
    /// Returns what proves nothing yet.
    pub(super) fn new(scope_rx: watch::Receiver<Scope>) -> Proofs {
        Proofs {
            state: Arc::new(Mutex::new(State {
                conclusion: None,
                mounts: Mounts::new(),
                has_mounted: false,
            })),
            scope_rx,
        }
    }

    /// Withdraws the conclusion. Returns `true` if a request has noticed that a file system was mounted.
    pub(super) fn withdraw(&self) -> bool {
        let mut state = self.state();
        state.conclusion = None;
        std::mem::take(&mut state.has_mounted)
    }

    /// Gives a conclusion.
    pub(super) fn give(&self, conclusion: Conclusion) {
        self.state().conclusion = Some(conclusion);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Proof for Proofs {
    fn holds(&self) -> bool {
        let mut state = self.state();
        state.has_mounted = state.has_mounted || state.mounts.have_changed();
        let is_mounted = state.has_mounted;
        let conclusion = state.conclusion.as_ref();
        !is_mounted && conclusion.is_some_and(|conclusion| conclusion.stands(&self.scope_rx))
    }
}

impl Conclusion {
    fn stands(&self, scope_rx: &watch::Receiver<Scope>) -> bool {
        Instant::now() < self.until
            && self.queue.is_empty()
            && scope_rx.borrow().is_the_same_as(&self.scope)
            && self.unreported.are_the_same()
    }
}
