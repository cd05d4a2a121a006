//! The data that all requests of a connection share.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

#[cfg(feature = "tls")]
use http::HeaderValue;
use tokio::task::JoinSet;

use crate::connection::activity::RequestGuard;
use crate::connection::limits::Limits;
use crate::connection::shutdown::Shutdown;
use crate::connection::traffic::{OpenGuard, Traffic};
use crate::future::BoxFuture;
#[cfg(feature = "tls")]
use crate::tls::ClientCertificate;

/// The data that all requests of a connection share.
#[derive(Default)]
pub(crate) struct Connection {
    /// `None` on a Unix socket and in tests without a socket.
    pub(crate) remote: Option<SocketAddr>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) shutdown: Shutdown,
    /// `None` in tests without a socket.
    open: Option<Arc<OpenGuard>>,
    /// `true` if the server itself speaks TLS with the client.
    pub(crate) is_encrypted: bool,
    /// There is no socket, and the output belongs to a test.
    pub(crate) is_in_test: bool,
    /// The verified identity of the client.
    #[cfg(feature = "tls")]
    pub(crate) client_certificate: Option<ClientCertificate>,
    /// The header that responses get if the server also speaks HTTP/3.
    #[cfg(feature = "http3")]
    pub(crate) alt_svc: Option<HeaderValue>,
    /// `Strict-Transport-Security` of the responses.
    #[cfg(feature = "tls")]
    pub(crate) hsts: Option<Arc<HeaderValue>>,
    /// The other protocols that take the socket over once hyper has released it or, over HTTP/2, a stream of it.
    upgrades: Mutex<Vec<BoxFuture<'static, ()>>>,
    /// Over HTTP/2, the upgrades that are served beside hyper. They end with the connection at the latest.
    tasks: Mutex<JoinSet<()>>,
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
            open: None,
            is_encrypted: false,
            is_in_test: false,
            #[cfg(feature = "tls")]
            client_certificate: None,
            #[cfg(feature = "http3")]
            alt_svc: None,
            #[cfg(feature = "tls")]
            hsts: None,
            upgrades: Mutex::default(),
            tasks: Mutex::default(),
        }
    }

    /// Returns the connection of a test's client.
    pub(crate) fn in_test(remote: Option<SocketAddr>) -> Connection {
        Connection {
            is_in_test: true,
            ..Connection::new(remote, Arc::default(), Shutdown::default())
        }
    }

    /// Counts the connection among those of its server.
    pub(crate) fn counted(mut self, open: OpenGuard) -> Connection {
        self.open = Some(Arc::new(open));
        self
    }

    /// Sets the header by which clients learn of HTTP/3.
    #[cfg(feature = "http3")]
    pub(crate) fn with_alt_svc(mut self, alt_svc: Option<HeaderValue>) -> Connection {
        self.alt_svc = alt_svc;
        self
    }

    /// Returns the connection of a client that has moved to another address, which QUIC allows. It is counted as the same one.
    #[cfg(feature = "http3")]
    pub(crate) fn moved(&self, remote: SocketAddr) -> Connection {
        let mut connection =
            Connection::new(Some(remote), self.limits.clone(), self.shutdown.clone());
        connection.open.clone_from(&self.open);
        connection.is_encrypted = self.is_encrypted;
        connection
            .client_certificate
            .clone_from(&self.client_certificate);
        connection.hsts.clone_from(&self.hsts);
        connection
    }

    /// Returns the numbers of the server's connections. There are none in tests without a socket.
    pub(crate) fn traffic(&self) -> Option<&Arc<Traffic>> {
        self.open.as_ref().map(|open| open.traffic())
    }

    /// Returns `true` once the server has begun to shut down.
    pub(crate) fn is_draining(&self) -> bool {
        self.traffic().is_some_and(|traffic| traffic.is_draining())
    }

    /// Leaves the socket, or a stream of it, to `upgrade` once hyper has released it.
    pub(crate) fn add_upgrade(&self, upgrade: BoxFuture<'static, ()>) {
        let mut upgrades = self.upgrades.lock().unwrap_or_else(PoisonError::into_inner);
        upgrades.push(upgrade);
    }

    /// Serves the upgrade that was added last, if there is one, in a task of its own. `guard` lasts as long.
    pub(crate) fn spawn_upgrade(&self, guard: RequestGuard) {
        let Some(upgrade) = self.take_upgrade() else {
            return;
        };
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            upgrade.await;
            drop(guard);
        });
    }

    /// Waits until the spawned upgrades have ended.
    pub(crate) async fn upgrades_ended(&self) {
        let mut tasks = {
            let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *tasks)
        };
        while tasks.join_next().await.is_some() {}
    }

    pub(crate) fn take_upgrade(&self) -> Option<BoxFuture<'static, ()>> {
        let mut upgrades = self.upgrades.lock().unwrap_or_else(PoisonError::into_inner);
        upgrades.pop()
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connection({:?})", self.remote)
    }
}
