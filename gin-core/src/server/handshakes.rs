//! The TLS handshakes that are under way, and the bound on their number.
//!
//! A client that connects and says nothing costs an attacker nothing. When the bound is reached, the handshake that began first makes
//! room for the next one, once it has had a moment: one that is still under way then is most likely never completed. Until that
//! moment, new clients wait to be accepted, so that a thousand that reconnect at once are all served.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::select;
use tokio::sync::{Notify, oneshot};
use tokio::time::sleep;

/// The time for a handshake that nobody takes from it.
const MOMENT: Duration = Duration::from_secs(1);

/// The handshakes of a server.
#[derive(Debug)]
pub(crate) struct Handshakes {
    most: usize,
    running: Mutex<Running>,
    ended: Notify,
}

#[derive(Debug, Default)]
struct Running {
    next: u64,
    /// By number, so that the first is the oldest.
    places: BTreeMap<u64, Place>,
}

#[derive(Debug)]
struct Place {
    since: Instant,
    /// Dropping it ends the handshake.
    _end: oneshot::Sender<()>,
}

/// A handshake that is under way. Dropping it gives up its place.
#[derive(Debug)]
pub(crate) struct Handshake {
    number: u64,
    all: Arc<Handshakes>,
    end: oneshot::Receiver<()>,
}

impl Handshakes {
    /// Allows `most` handshakes at once.
    pub(crate) fn new(most: usize) -> Handshakes {
        Handshakes {
            most,
            running: Mutex::default(),
            ended: Notify::new(),
        }
    }

    /// Waits until [`begin`](Handshakes::begin) has a place.
    pub(crate) async fn place(&self) {
        loop {
            // Before the look, so that an end between the two is noticed.
            let ended = self.ended.notified();
            let Some(wait) = self.wait() else {
                return;
            };
            select! {
                () = ended => {}
                () = sleep(wait) => {}
            }
        }
    }

    /// Returns the time until the oldest handshake has had its moment, or `None` if there is a place now.
    fn wait(&self) -> Option<Duration> {
        let running = self.running();
        if running.places.len() < self.most {
            return None;
        }
        let (_, oldest) = running.places.first_key_value()?;
        let wait = MOMENT.saturating_sub(oldest.since.elapsed());
        (!wait.is_zero()).then_some(wait)
    }

    /// Begins a handshake. If there are too many, the oldest ends.
    pub(crate) fn begin(self: &Arc<Handshakes>) -> Handshake {
        let mut running = self.running();
        if running.places.len() >= self.most {
            running.places.pop_first();
        }
        let number = running.next;
        running.next += 1;
        let (end_tx, end) = oneshot::channel();
        let place = Place {
            since: Instant::now(),
            _end: end_tx,
        };
        running.places.insert(number, place);
        Handshake {
            number,
            all: self.clone(),
            end,
        }
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Handshake {
    /// Waits until the handshake has to make room for another one.
    pub(crate) async fn displaced(&mut self) {
        // Nothing is ever sent.
        let _ = (&mut self.end).await;
    }
}

impl Drop for Handshake {
    fn drop(&mut self) {
        self.all.running().places.remove(&self.number);
        self.all.ended.notify_waiters();
    }
}
