//! The way to connections to the app, of which there are only so many.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::proxy::tasks::Tasks;

/// Opens connections to apps.
#[derive(Clone)]
pub(crate) struct Dialer {
    /// Run the connections.
    pub(crate) tasks: Tasks,
    places: Arc<Semaphore>,
}

/// The place of a connection to an app. Dropping it frees it.
#[derive(Debug)]
pub(crate) struct Line(
    #[expect(dead_code, reason = "it is there to be dropped")] OwnedSemaphorePermit,
);

impl Dialer {
    /// Returns a dialer that opens at most so many connections at once.
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
