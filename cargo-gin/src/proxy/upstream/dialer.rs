//! The places for connections to the app, and the tasks that run them.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::proxy::tasks::Tasks;

/// The places and the tasks that connections to apps need.
#[derive(Clone)]
pub(crate) struct Dialer {
    /// They run the connections.
    pub(crate) tasks: Tasks,
    places: Arc<Semaphore>,
}

/// The place of a connection to an app. Dropping it frees it.
#[derive(Debug)]
pub(crate) struct Line(
    #[expect(dead_code, reason = "it is there to be dropped")] OwnedSemaphorePermit,
);

impl Dialer {
    /// Returns a dialer with places for so many connections at once.
    pub(crate) fn new(connections: usize, tasks: Tasks) -> Dialer {
        Dialer {
            tasks,
            places: Arc::new(Semaphore::new(connections)),
        }
    }

    /// Takes the place for a connection, if there is one.
    pub(crate) fn line(&self) -> Option<Line> {
        self.places.clone().try_acquire_owned().ok().map(Line)
    }
}
