//! The task that accepts the clients of a socket.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::select;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use crate::connection::{Connection, Limits, Shutdown, Traffic};
use crate::server::entrance::Entrance;
#[cfg(feature = "tls")]
use crate::server::https::Protection;
use crate::server::listener::Accepted;
use crate::server::protocol::Session;
#[cfg(feature = "tls")]
use crate::server::secure;

/// The task that accepts the clients of a socket.
pub(super) struct Acceptor {
    pub(super) entrance: Entrance,
    pub(super) limits: Arc<Limits>,
    pub(super) traffic: Arc<Traffic>,
    /// Requested when no more clients are accepted.
    pub(super) closing: Shutdown,
    pub(super) shutdown: Shutdown,
}

/// The time in which the system reports clients that it has connected before the server closes.
const LAST_CALL: Duration = Duration::from_millis(5);

/// The bound on that time if clients keep coming.
const LONGEST_CALL: Duration = Duration::from_millis(100);

impl Acceptor {
    /// Accepts clients until the server closes, and returns the connections that are still open.
    pub(super) async fn run(self) -> JoinSet<()> {
        info!("listening on {}", self.entrance);
        let mut connections = JoinSet::new();
        loop {
            select! {
                biased;
                () = self.closing.requested() => break,
                accepted = self.entrance.accept() => match accepted {
                    Ok(accepted) => self.spawn(accepted, &mut connections),
                    Err(error) => self.recover(&error, &mut connections).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
        self.accept_waiting(&mut connections).await;
        connections
    }

    /// Accepts the clients that the system has connected already. It would reset them when the socket is closed, and a proxy must not
    /// repeat a `POST` that it has sent.
    async fn accept_waiting(&self, connections: &mut JoinSet<()>) {
        let begun = Instant::now();
        let mut end = pin!(sleep(LAST_CALL));
        loop {
            select! {
                biased;
                accepted = self.entrance.accept() => match accepted {
                    Ok(accepted) if begun.elapsed() < LONGEST_CALL => self.spawn(accepted, connections),
                    _ => return,
                },
                () = &mut end => return,
            }
        }
    }

    fn spawn(&self, accepted: Accepted, connections: &mut JoinSet<()>) {
        let Accepted { socket, remote } = accepted;
        let connection = Connection::new(remote, self.limits.clone(), self.shutdown.clone());
        let connection = connection.counted(self.traffic.open());
        #[cfg(feature = "tls")]
        let socket = match (&self.entrance.protection, secure::tcp(socket)) {
            (Protection::Tls(secured), Ok(socket)) => {
                #[cfg(feature = "http3")]
                let connection = connection.with_alt_svc(self.entrance.alt_svc.value());
                let (engine, secured) = (self.entrance.engine.clone(), secured.clone());
                let begun = secured.handshakes.begin();
                connections.spawn(secure::serve(engine, connection, secured, begun, socket));
                return;
            }
            (_, Ok(socket)) => secure::plain(socket),
            (_, Err(socket)) => socket,
        };
        let session = Session {
            engine: self.entrance.engine.clone(),
            connection: Arc::new(connection),
        };
        connections.spawn(session.serve(socket));
    }

    /// Waits after a failed `accept`, if it is not the failure of one connection.
    ///
    /// The process is out of file descriptors or memory then: a connection has to end before the next can be accepted.
    async fn recover(&self, error: &io::Error, connections: &mut JoinSet<()>) {
        const PAUSE: Duration = Duration::from_secs(1);
        self.traffic.refuse();
        if is_of_one_connection(error) {
            return;
        }
        warn!("cannot accept a connection: {error}");
        select! {
            () = self.closing.requested() => {}
            // Descriptors may also become free elsewhere in the process, which cannot be awaited.
            _ = timeout(PAUSE, connections.join_next()) => {}
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}
