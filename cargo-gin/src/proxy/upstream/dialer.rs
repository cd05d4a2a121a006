//! Connections to an app: their places, the tasks that run them, and the protocol that it speaks.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::proxy::tasks::Tasks;
use crate::proxy::upstream::connection::{Connection, Upstream};
use crate::proxy::upstream::speech::Speech;
use crate::state::Status;

/// The places and the tasks that connections to an app need, and the protocol that it speaks.
#[derive(Clone)]
pub(crate) struct Dialer {
    /// They run the connections.
    pub(crate) tasks: Tasks,
    places: Arc<Semaphore>,
    speech: Speech,
}

/// The place of a connection to an app. Dropping it frees it.
#[derive(Debug)]
pub(crate) struct Line(
    #[expect(dead_code, reason = "it is there to be dropped")] OwnedSemaphorePermit,
);

impl Line {
    pub(super) fn take(places: &Arc<Semaphore>) -> Option<Line> {
        places.clone().try_acquire_owned().ok().map(Line)
    }
}

impl Dialer {
    /// Returns a dialer of the app whose phase is in `status`, with places for so many connections at once.
    pub(crate) fn new(connections: usize, tasks: Tasks, status: watch::Receiver<Status>) -> Dialer {
        Dialer {
            tasks,
            places: Arc::new(Semaphore::new(connections)),
            speech: Speech::unknown(status),
        }
    }

    /// Returns a dialer of another app, which shares the places.
    pub(crate) fn to_another(&self, status: watch::Receiver<Status>) -> Dialer {
        Dialer {
            speech: Speech::unknown(status),
            ..self.clone()
        }
    }

    /// Takes the place for a connection, if there is one.
    pub(crate) fn line(&self) -> Option<Line> {
        Line::take(&self.places)
    }

    /// Connects to the app. The connection has `line`.
    pub(crate) async fn connect(
        &self,
        upstream: Upstream,
        line: Line,
    ) -> anyhow::Result<Connection> {
        Connection::open(upstream, line, &self.speech, &self.tasks).await
    }
}
