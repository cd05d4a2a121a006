//! The connections of a server in numbers, and the phase it is in.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};

/// The traffic of a server: its connections in numbers. It is shared by all of them.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    accepted: AtomicU64,
    closed: AtomicU64,
    refused: AtomicU64,
    is_draining: AtomicBool,
}

impl Traffic {
    /// Counts a connection, which is open until the guard is dropped.
    pub(crate) fn open(self: &Arc<Traffic>) -> OpenGuard {
        self.accepted.fetch_add(1, Relaxed);
        OpenGuard(self.clone())
    }

    /// Counts a connection that could not be accepted.
    pub(crate) fn refuse(&self) {
        self.refused.fetch_add(1, Relaxed);
    }

    /// Notes that shutdown has begun: the server still responds, but load balancers are to send their requests elsewhere.
    pub(crate) fn drain(&self) {
        self.is_draining.store(true, Relaxed);
    }

    /// Returns `true` once shutdown has begun. This is read for every response, so it is cheaper than a channel.
    pub(crate) fn is_draining(&self) -> bool {
        self.is_draining.load(Relaxed)
    }
}

#[cfg(feature = "metrics")]
impl Traffic {
    pub(crate) fn accepted(&self) -> u64 {
        self.accepted.load(Relaxed)
    }

    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }

    /// Returns the number of connections that are open now.
    pub(crate) fn opened(&self) -> u64 {
        // In this order, a connection that ends in between is never subtracted without having been added.
        let closed = self.closed.load(Relaxed);
        self.accepted().saturating_sub(closed)
    }
}

/// An open connection of a server. Dropping it counts the connection as closed.
#[derive(Debug)]
pub(crate) struct OpenGuard(Arc<Traffic>);

impl OpenGuard {
    pub(crate) fn traffic(&self) -> &Arc<Traffic> {
        &self.0
    }
}

impl Drop for OpenGuard {
    fn drop(&mut self) {
        self.0.closed.fetch_add(1, Relaxed);
    }
}
