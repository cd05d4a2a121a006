//! The requests that the app has received and not responded to.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The requests that the app has received and not responded to. The proxy counts them, and the loop reads them when the app has exited.
#[derive(Clone, Debug, Default)]
pub(crate) struct InFlight(Arc<Mutex<BTreeMap<u64, Sent>>>);

/// A request that was sent to the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    /// The id of its record.
    pub(crate) id: u64,
    pub(crate) method: String,
    /// The path without its query, which may hold secrets: everyone who is shown a crash sees it.
    pub(crate) path: String,
}

/// A request that is in flight until this is dropped.
#[derive(Debug)]
pub(crate) struct Flight {
    all: InFlight,
    id: u64,
}

impl InFlight {
    /// Adds a request until the flight is dropped.
    pub(crate) fn begin(&self, sent: Sent) -> Flight {
        let id = sent.id;
        self.lock().insert(id, sent);
        Flight {
            all: self.clone(),
            id,
        }
    }

    /// Returns the requests in flight, the oldest first.
    pub(crate) fn now(&self) -> Vec<Sent> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Sent>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.all.lock().remove(&self.id);
    }
}

/// The method and the path.
impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
