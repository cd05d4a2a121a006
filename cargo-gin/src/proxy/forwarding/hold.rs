//! What a request has to wait for, by the phase.

use std::time::Duration;

use http::Request;
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

use crate::page;
use crate::proxy::access::Refusal;
use crate::proxy::front::{Front, Visit};
use crate::proxy::upstream::Upstream;
use crate::state::{Phase, Status};

/// How long a person looks at a blank page before the building page is better.
const NAVIGATION_HOLD: Duration = Duration::from_secs(1);

/// How long the phase may take to tell why an app fell silent.
const AFTERMATH: Duration = Duration::from_secs(1);

/// What the wait was for.
pub(crate) enum Turn {
    /// The app is to be asked.
    Ask(Upstream, Counted),
    /// The page of this status is the answer.
    Show(Status),
    /// There is no waiting.
    Refuse(Refusal),
}

impl Front {
    /// Until when a request that arrives now may wait.
    pub(crate) fn deadline<B>(&self, request: &Request<B>) -> Instant {
        let hold = self.proxy.rules.hold;
        let hold = if page::is_navigation(request.method(), request.headers()) {
            hold.min(NAVIGATION_HOLD)
        } else {
            hold
        };
        Instant::now() + hold
    }

    /// Waits until the app can be asked, or for the page that says why it can't.
    pub(crate) async fn turn(&self, visit: &Visit, deadline: Instant) -> Turn {
        let mut status = self.proxy.status.clone();
        // News of a save may still be on its way here, while the phase says that the old app is ready.
        let fresh = timeout_at(deadline, self.proxy.fresh.reached());
        if fresh.await.is_err() {
            return Turn::Refuse(Refusal::Unsettled);
        }
        let mut place = None;
        loop {
            if status.has_changed().is_err() {
                return Turn::Refuse(Refusal::ShuttingDown);
            }
            // Counted before the phase is read: who leaves Ready and then finds none pending knows that there are none.
            let pending = Counted::one_more(&self.proxy.pending);
            if let Some(turn) = turn_now(&status.borrow_and_update(), pending) {
                return turn;
            }
            if place.is_none() {
                let Ok(permit) = self.held.try_acquire() else {
                    return Turn::Refuse(Refusal::Crowded);
                };
                place = Some((permit, Counted::one_more(&self.proxy.demand)));
            }
            let changed = tokio::select! {
                changed = timeout_at(deadline, status.changed()) => changed,
                () = visit.handle.closed() => return Turn::Refuse(Refusal::Abandoned),
            };
            match changed {
                Ok(_) => {}
                Err(_) => return Turn::Show(status.borrow().clone()),
            }
        }
    }

    /// Waits until `app` is no longer the one to ask.
    pub(crate) async fn leaves(&self, app: Upstream) {
        let mut status = self.proxy.status.clone();
        // When nobody sets the phase any more there is no app either.
        let _ = status.wait_for(|now| Upstream::of(now) != Some(app)).await;
    }

    /// Whether an app that fell silent is known to be gone, as soon as that is known.
    pub(crate) async fn is_gone(&self, app: Upstream) -> bool {
        timeout(AFTERMATH, self.leaves(app)).await.is_ok()
    }
}

/// Whose turn it is in this phase: nobody's while the app is on its way.
fn turn_now(status: &Status, pending: Counted) -> Option<Turn> {
    match status.phase {
        Phase::Failed | Phase::Crashed(_) => Some(Turn::Show(status.clone())),
        _ => Upstream::of(status).map(|app| Turn::Ask(app, pending)),
    }
}

/// One in a count that others watch, until it is dropped.
pub(crate) struct Counted(watch::Sender<usize>);

impl Counted {
    fn one_more(count: &watch::Sender<usize>) -> Counted {
        count.send_modify(|count| *count += 1);
        Counted(count.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
