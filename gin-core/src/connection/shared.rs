//! The data that all requests of a connection share.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::connection::limits::Limits;
use crate::connection::shutdown::Shutdown;
use crate::future::BoxFuture;

/// The data that all requests of a connection share.
#[derive(Default)]
pub(crate) struct Connection {
    /// `None` on a Unix socket and in tests without a socket.
    pub(crate) remote: Option<SocketAddr>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) shutdown: Shutdown,
    /// The other protocol that takes the socket over once hyper has released it.
    upgrade: Mutex<Option<BoxFuture<'static, ()>>>,
}

impl Connection {
    pub(crate) fn new(
        remote: Option<SocketAddr>,
        limits: Arc<Limits>,
        shutdown: Shutdown,
    ) -> Connection {
        Connection {
            remote,
            limits,
            shutdown,
            upgrade: Mutex::default(),
        }
    }

    /// Leaves the socket to `upgrade` once hyper has released it.
    pub(crate) fn set_upgrade(&self, upgrade: BoxFuture<'static, ()>) {
        let mut place = self.upgrade.lock().unwrap_or_else(PoisonError::into_inner);
        *place = Some(upgrade);
    }

    pub(crate) fn take_upgrade(&self) -> Option<BoxFuture<'static, ()>> {
        let mut place = self.upgrade.lock().unwrap_or_else(PoisonError::into_inner);
        place.take()
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connection({:?})", self.remote)
    }
}
