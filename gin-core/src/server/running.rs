//! The life of a server: it starts, serves, and shuts down.

use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::select;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::warn;

use crate::connection::{Shutdown, Traffic};
use crate::dispatch::Engine;
use crate::failure::Error;
use crate::operations::log_events;
use crate::server::acceptor::Acceptor;
use crate::server::describe;
use crate::server::entrance::Entrance;
#[cfg(feature = "http3")]
use crate::server::http3::{Opening, Served};
use crate::server::notify::{State, notify};
#[cfg(feature = "tls")]
use crate::server::secure;
use crate::server::serve::Server;
use crate::server::settings::check;
use crate::server::signals::signalled;

/// The tasks of a server that accepts clients, and its ways to end them.
struct Serving {
    traffic: Arc<Traffic>,
    acceptors: JoinSet<JoinSet<()>>,
    closing: (watch::Sender<bool>, Shutdown),
    shutdown: (watch::Sender<bool>, Shutdown),
}

impl Server {
    pub(super) async fn serve(mut self) -> Result<(), Error> {
        #[cfg(feature = "http3")]
        self.bad_settings.extend(self.http3_without_tls());
        #[cfg(feature = "tls")]
        self.bad_settings.extend(self.https.take_unused());
        check(&self.bad_settings)?;
        log_events();
        if let Some(file) = describe::requested() {
            return Ok(describe::describe(&self.engine, file)?);
        }
        #[cfg(debug_assertions)]
        crate::report::enable();
        log_likely_mistakes(&self.engine);
        #[cfg(feature = "tls")]
        #[cfg_attr(not(feature = "acme"), expect(unused_mut, unused_variables))]
        let mut watched = match &self.https.certificates {
            Some(certificates) => Some(secure::start(certificates).await?),
            None => None,
        };
        let entrances = self.entrances().await?;
        #[cfg(feature = "http3")]
        let openings = self.openings(&entrances)?;
        let mut signal = match self.shutdown_on.take() {
            Some(signal) => signal,
            None => Box::pin(signalled()?),
        };
        select! {
            started = self.hooks.start() => started?,
            () = &mut signal => return Ok(()),
        }
        let mut serving = Serving::new();
        serving.accept(&self, entrances);
        #[cfg(feature = "http3")]
        serving.accept_over_udp(&self, openings);
        // The authority connects to this server, which accepts from here on.
        #[cfg(feature = "acme")]
        if let (Some(certificates), Some(watched)) = (&self.https.certificates, &mut watched) {
            secure::keep_up(certificates, watched);
        }
        notify(State::Ready);
        signal.await;
        self.shut_down(serving).await;
        Ok(())
    }

    /// Serves on for the delay, then lets running requests end. A second signal ends both at once.
    async fn shut_down(mut self, serving: Serving) {
        let mut at_once = pin!(signalled_again());
        notify(State::Stopping);
        serving.traffic.drain();
        let is_at_once = select! {
            () = &mut at_once => true,
            () = sleep(self.drain_delay) => false,
        };
        let shutdown_timeout = self.limits.shutdown_timeout;
        let connections = serving.close().await;
        let ended = async {
            wind_down(connections, shutdown_timeout).await;
            self.hooks.shut_down(shutdown_timeout).await;
            #[cfg(feature = "telemetry")]
            crate::operations::telemetry::flush().await;
        };
        if !is_at_once {
            select! {
                () = ended => {}
                () = at_once => {}
            }
        }
    }
}

impl Serving {
    fn new() -> Serving {
        Serving {
            traffic: Arc::new(Traffic::default()),
            acceptors: JoinSet::new(),
            closing: Shutdown::channel(),
            shutdown: Shutdown::channel(),
        }
    }

    fn accept(&mut self, server: &Server, entrances: Vec<Entrance>) {
        for entrance in entrances {
            let acceptor = Acceptor {
                entrance,
                limits: Arc::new(server.limits.clone()),
                traffic: self.traffic.clone(),
                closing: self.closing.1.clone(),
                shutdown: self.shutdown.1.clone(),
            };
            self.acceptors.spawn(acceptor.run());
        }
    }

    #[cfg(feature = "http3")]
    fn accept_over_udp(&mut self, server: &Server, openings: Vec<Opening>) {
        for opening in openings {
            let shared = Served {
                engine: server.engine.clone(),
                limits: Arc::new(server.limits.clone()),
                traffic: self.traffic.clone(),
                hsts: server.https.promised(),
                closing: self.closing.1.clone(),
                shutdown: self.shutdown.1.clone(),
            };
            self.acceptors.spawn(opening.run(shared));
        }
    }

    /// Accepts no more clients, requests shutdown of the others, and returns their connections.
    async fn close(self) -> Vec<JoinSet<()>> {
        // In two steps: a handler that sees the shutdown may rely on it that no more clients are accepted.
        self.closing.0.send_replace(true);
        let connections = self.acceptors.join_all().await;
        self.shutdown.0.send_replace(true);
        connections
    }
}

/// Logs what is likely a mistake, though the app can run.
fn log_likely_mistakes(engine: &Engine) {
    #[cfg(feature = "config")]
    crate::operations::log_warnings();
    if cfg!(panic = "abort") {
        warn!("`panic = \"abort\"` is set: a panic in a handler ends the process");
    }
    for warning in engine.warnings() {
        warn!("{warning}");
    }
}

/// Waits for a signal of the operating system after the one that has requested shutdown.
fn signalled_again() -> impl Future<Output = ()> {
    // Installed before anything shows that the server shuts down: a signal that is sent then counts.
    let again = signalled();
    async {
        match again {
            Ok(again) => again.await,
            Err(_) => pending().await,
        }
    }
}

/// Waits until `connections` have ended or the timeout has passed.
async fn wind_down(connections: Vec<JoinSet<()>>, shutdown_timeout: Duration) {
    let ended = async {
        for mut connections in connections {
            while connections.join_next().await.is_some() {}
        }
    };
    if timeout(shutdown_timeout, ended).await.is_err() {
        warn!(
            "requests still ran {shutdown_timeout:?} after shutdown was requested; they were cut off"
        );
    }
}
