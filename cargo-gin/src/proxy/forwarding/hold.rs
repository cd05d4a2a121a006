//! Holds requests until the phase decides what becomes of them.

use std::sync::Arc;
use std::time::Duration;

use http::Request;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::page;
use crate::proxy::access::Refusal;
use crate::proxy::client::Client;
use crate::proxy::forwarding::loss::{OutputSince, Silence};
use crate::proxy::forwarding::room::{Room, Size};
use crate::proxy::underway::CountGuard;
use crate::proxy::upstream::Upstream;
use crate::state::{Freshness, Phase, Revival, Status};

/// The longest time that a navigation is held: after a second of a blank page, the building page is better.
const NAVIGATION_TIMEOUT: Duration = Duration::from_secs(1);

/// Holds requests until the app can take them.
pub(crate) struct Hold {
    pub(crate) status: watch::Receiver<Status>,
    pub(crate) fresh: Freshness,
    /// The number of requests with an [`Admission`].
    pub(crate) pending: watch::Sender<usize>,
    /// The number of requests that are held.
    pub(crate) demand: watch::Sender<usize>,
    /// The longest time that a request is held, unless it is a navigation.
    pub(crate) timeout: Duration,
    pub(crate) room: Arc<Room>,
}

/// The permission to send one request to the app.
///
/// Until it is dropped the request counts as pending, and an app that is about to be replaced is not stopped.
pub(crate) struct Admission {
    pub(crate) upstream: Upstream,
    /// The output of the app, from the admission on.
    output: OutputSince,
    _pending: CountGuard,
}

/// The reason why a request is not served by the app.
pub(crate) enum Unserved {
    /// The page of this status is the response.
    Phase(Box<Status>),
    /// The same, and the app has exited over this request: sent again, it would end the app again.
    Exited(Box<Status>),
    Refused(Refusal),
}

impl Admission {
    /// Ends the admission, and returns the app's output since.
    pub(crate) fn release(self) -> OutputSince {
        self.output
    }
}

impl From<Refusal> for Unserved {
    fn from(refusal: Refusal) -> Unserved {
        Unserved::Refused(refusal)
    }
}

impl Hold {
    /// Returns the instant until which a request that arrives now is held.
    pub(crate) fn deadline<B>(&self, request: &Request<B>) -> Instant {
        let timeout = if page::is_navigation(request.method(), request.headers()) {
            self.timeout.min(NAVIGATION_TIMEOUT)
        } else {
            self.timeout
        };
        Instant::now() + timeout
    }

    /// Waits until the app can take the request, or until it is known that it will not.
    pub(super) async fn admit(
        &self,
        client: &Client,
        size: Size,
        deadline: Instant,
    ) -> Result<Admission, Unserved> {
        let mut status = self.status.clone();
        // The watcher's report of a save may still be on its way, while the phase says that the old app is ready.
        let fresh = timeout_at(deadline, self.fresh.reached());
        if fresh.await.is_err() {
            return Err(Refusal::Unsettled.into());
        }
        let mut room = None;
        loop {
            if status.has_changed().is_err() {
                return Err(Refusal::ShuttingDown.into());
            }
            // The request is counted before the phase is read. Code that leaves `Ready` and then sees a count of 0 therefore knows
            // that no request is about to be sent to the old app.
            let pending = CountGuard::new(&self.pending);
            if let Some(decision) = decide(&status.borrow_and_update(), pending) {
                return decision;
            }
            if room.is_none() {
                let permit = self.room.take(size).ok_or(Refusal::Crowded)?;
                room = Some((permit, CountGuard::new(&self.demand)));
            }
            let changed = tokio::select! {
                changed = timeout_at(deadline, status.changed()) => changed,
                () = client.handle.closed() => return Err(Refusal::Abandoned.into()),
            };
            if changed.is_err() {
                return Err(Unserved::Phase(Box::new(status.borrow().clone())));
            }
        }
    }

    /// Waits until `upstream` no longer serves requests.
    pub(crate) async fn gone(&self, upstream: Upstream) {
        let mut status = self.status.clone();
        // An error means that the dev server is shutting down, and the app with it.
        let _ = status
            .wait_for(|now| Upstream::of(now) != Some(upstream))
            .await;
    }

    /// Returns `true` as soon as the phase shows that an app that fell silent is gone, `false` if it does not exit soon.
    pub(crate) async fn is_gone(&self, upstream: Upstream, output: &mut OutputSince) -> bool {
        tokio::select! {
            biased;
            () = self.gone(upstream) => true,
            silence = output.explained() => match silence {
                Silence::OfRunningApp => false,
                // Its last output is being read, and the phase shows the exit after that.
                Silence::Exit => {
                    self.gone(upstream).await;
                    true
                }
            },
        }
    }
}

/// Decides what becomes of a request in this phase. Returns `None` while the app is on its way.
fn decide(status: &Status, pending: CountGuard) -> Option<Result<Admission, Unserved>> {
    match &status.phase {
        Phase::Crashed(_) if status.revival == Revival::Request => None,
        Phase::Failed | Phase::Built | Phase::Crashed(_) => {
            Some(Err(Unserved::Phase(Box::new(status.clone()))))
        }
        Phase::Ready(app) => Upstream::of(status).map(|upstream| {
            Ok(Admission {
                upstream,
                output: OutputSince::now(app),
                _pending: pending,
            })
        }),
        Phase::Building(_) | Phase::Idle | Phase::Starting(_) => None,
    }
}
