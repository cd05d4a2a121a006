//! The certificate of `--cert-file`, which is read again when its files have changed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustls::ServerConfig;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::tls::pair::{Pair, PairFiles};
use crate::tls::server::configure;
use crate::tls::stamp::Stamp;

/// The time after which a pair that does not fit is reported. Before that, the second file may still be on its way.
const PATIENCE: Duration = Duration::from_secs(1);

/// A certificate in files.
#[derive(Debug)]
pub(super) struct Files {
    pair: PairFiles,
    state: Mutex<State>,
    notices: mpsc::UnboundedSender<String>,
}

#[derive(Debug)]
struct State {
    config: Arc<ServerConfig>,
    stamp: Stamp,
    fault: Option<Fault>,
}

/// Files that have changed and cannot be used.
#[derive(Debug)]
struct Fault {
    stamp: Stamp,
    since: Instant,
    is_reported: bool,
}

impl Files {
    /// Starts with a pair that was loaded from these files.
    pub(super) fn new(
        files: PairFiles,
        pair: Pair,
        notices: mpsc::UnboundedSender<String>,
    ) -> anyhow::Result<Files> {
        let state = State {
            config: configure(pair.key)?,
            stamp: pair.stamp,
            fault: None,
        };
        Ok(Files {
            pair: files,
            state: Mutex::new(state),
            notices,
        })
    }

    /// Returns the configuration for a new connection, from the files as they are now.
    pub(super) async fn config(&self) -> Arc<ServerConfig> {
        let files = self.pair.clone();
        // A file system that hangs must not stop the other connections.
        let now = spawn_blocking(move || Stamp::of(&files)).await;
        let now = now.unwrap_or_default();
        let is_due = self.with(|state| {
            let fault = state.fault.as_ref();
            state.stamp != now && fault.is_none_or(|fault| fault.is_due(now))
        });
        if is_due {
            let files = self.pair.clone();
            let loaded = spawn_blocking(move || configure(files.load()?.key)).await;
            if let Ok(loaded) = loaded {
                self.take(now, loaded);
            }
        }
        self.with(|state| state.config.clone())
    }

    fn take(&self, now: Stamp, loaded: anyhow::Result<Arc<ServerConfig>>) {
        let path = self.pair.certificate.display();
        let notice = self.with(|state| match loaded {
            Ok(config) => {
                state.config = config;
                state.stamp = now;
                state.fault = None;
                Some(format!("the certificate in {path} was reloaded"))
            }
            Err(error) => {
                let known = state.fault.take().filter(|fault| fault.stamp == now);
                let since = known.map_or_else(Instant::now, |fault| fault.since);
                let is_reported = since.elapsed() >= PATIENCE;
                state.fault = Some(Fault {
                    stamp: now,
                    since,
                    is_reported,
                });
                is_reported.then(|| format!("the certificate stays as it was: {error:#}"))
            }
        });
        if let Some(notice) = notice {
            // Without a terminal the dev server is ending.
            let _ = self.notices.send(notice);
        }
    }

    fn with<T>(&self, use_state: impl FnOnce(&mut State) -> T) -> T {
        use_state(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Fault {
    /// Returns `true` if the files have changed again, or were not reported yet.
    fn is_due(&self, now: Stamp) -> bool {
        self.stamp != now || !self.is_reported
    }
}
