//! The idle connections to the app.
//!
//! Each client connection has a pool of its own, and reuses it for its own requests only. Surplus bytes that an app sends after a
//! response can therefore reach no other client.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::proxy::streams::Observer;
use crate::proxy::upstream::connection::{Connection, Upstream};

/// A pool of idle connections, all to the same app.
#[derive(Clone, Default)]
pub(crate) struct Pool(Arc<Mutex<Idle>>);

#[derive(Default)]
struct Idle {
    upstream: Option<Upstream>,
    connections: Vec<Connection>,
}

impl Pool {
    /// The most connections that are kept. An HTTP/1 client uses one at a time.
    const MAX: usize = 8;

    /// Takes an open connection to `upstream`, if there is one. From now on the pool keeps connections to `upstream` only.
    pub(crate) async fn take(&self, upstream: Upstream) -> Option<Connection> {
        self.keep_only(Some(upstream));
        loop {
            let mut connection = self.idle().connections.pop()?;
            if connection.is_ready().await {
                return Some(connection);
            }
        }
    }

    /// Puts a connection back. It is closed if the pool is full or for another app.
    fn put(&self, connection: Connection) {
        let mut idle = self.idle();
        if idle.upstream == Some(connection.upstream()) && idle.connections.len() < Self::MAX {
            idle.connections.push(connection);
        }
    }

    /// Closes the connections to any other app.
    pub(crate) fn keep_only(&self, upstream: Option<Upstream>) {
        let mut idle = self.idle();
        if idle.upstream != upstream {
            *idle = Idle {
                upstream,
                connections: Vec::new(),
            };
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection in use. It observes the response's body: at its end the connection can be reused.
pub(crate) struct Lent {
    connection: Option<Connection>,
    pool: Option<Pool>,
}

impl Lent {
    /// Lends a connection that goes back to `pool`. Without a pool it is closed.
    pub(crate) fn new(connection: Connection, pool: Option<Pool>) -> Lent {
        let connection = Some(connection);
        Lent { connection, pool }
    }
}

impl Observer for Lent {
    fn on_end(&mut self) {
        if let (Some(connection), Some(pool)) = (self.connection.take(), &self.pool) {
            pool.put(connection);
        }
    }
}
