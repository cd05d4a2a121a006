//! The phase of an attempt, and the data that comes with it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::os::exit::ExitStatus;
use crate::panic::Panic;
use crate::source::Sources;
use crate::state::in_flight::Sent;
use crate::state::output::Tail;
use crate::state::progress::Progress;

/// The progress of an attempt, from the build to the running app.
#[derive(Clone, Debug)]
pub(crate) enum Phase {
    /// Cargo runs.
    Building(Progress),
    /// There is no binary: [`Status::diagnostics`](crate::state::Status) hold the reasons.
    Failed,
    /// The build is good, and `--lazy` waits for the first request.
    Idle,
    /// The build is good, and `--no-run` does not start the app.
    Built,
    /// The app's process runs but accepts no connections yet.
    Starting(Start),
    /// The app accepts connections.
    Ready(Reachable),
    /// The app's process exited by itself.
    Crashed(Arc<Exit>),
}

impl Phase {
    /// The phase's name in `/__gin/status`, in events and in `X-Gin-Phase`.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Phase::Building(_) => "building",
            Phase::Failed => "failed",
            Phase::Idle => "idle",
            Phase::Built => "built",
            Phase::Starting(_) => "starting",
            Phase::Ready(_) => "ready",
            Phase::Crashed(_) => "crashed",
        }
    }

    /// Returns `true` until the attempt has come to an end.
    pub(crate) fn is_under_way(&self) -> bool {
        matches!(self, Phase::Building(_) | Phase::Starting(_))
    }
}

/// An app that accepts no connections yet.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    pub(crate) since: Instant,
    /// The port that it should open.
    pub(crate) port: u16,
    /// `true` if that port is open: the app has opened it, or was started with it.
    pub(crate) is_open: bool,
    /// The other ports that it has opened.
    pub(crate) opened: Vec<u16>,
    pub(crate) tail: Tail,
}

#[cfg(test)]
impl Phase {
    /// The phase of an app that accepts connections at `address`, and writes nothing.
    pub(crate) fn ready_at(address: SocketAddr) -> Phase {
        let (_, output) = watch::channel(Tail::default());
        Phase::Ready(Reachable {
            address,
            directory: PathBuf::new(),
            output,
            life: Life::endless(),
        })
    }
}

impl Start {
    /// Returns `true` if the app has opened other ports instead of its own.
    pub(crate) fn is_elsewhere(&self) -> bool {
        !self.is_open && !self.opened.is_empty()
    }
}

/// An app that accepts connections.
#[derive(Clone, Debug)]
pub(crate) struct Reachable {
    pub(crate) address: SocketAddr,
    /// The directory that it runs in.
    pub(crate) directory: PathBuf,
    /// Its last output, as it changes.
    pub(crate) output: watch::Receiver<Tail>,
    pub(crate) life: Life,
}

/// The life of a process, which ends before its last output was read and before any phase shows the exit.
#[derive(Clone, Debug)]
pub(crate) struct Life(watch::Receiver<()>);

impl Life {
    /// Returns a life, which ends when the other value is dropped.
    pub(crate) fn begin() -> (watch::Sender<()>, Life) {
        let (life_tx, life_rx) = watch::channel(());
        (life_tx, Life(life_rx))
    }

    /// Returns a life that does not end.
    #[cfg(test)]
    pub(crate) fn endless() -> Life {
        let (life_tx, life) = Life::begin();
        std::mem::forget(life_tx);
        life
    }

    /// Waits until the process has exited.
    pub(crate) async fn ended(&mut self) {
        while self.0.changed().await.is_ok() {}
    }
}

/// The exit of an app's process, with its last output.
#[derive(Clone, Debug)]
pub(crate) struct Exit {
    pub(crate) status: ExitStatus,
    pub(crate) uptime: Duration,
    /// The port that it should have opened.
    pub(crate) port: u16,
    /// The directory that it ran in.
    pub(crate) directory: PathBuf,
    pub(crate) tail: Tail,
    /// The requests that it had received and not responded to.
    pub(crate) in_flight: Vec<Sent>,
    /// The text of the files that its panics name.
    pub(crate) sources: Sources,
}

impl Exit {
    /// Returns `true` if the app has written that its port is taken.
    pub(crate) fn wants_taken_port(&self) -> bool {
        self.tail.iter().any(|line| {
            let text = line.text.to_ascii_lowercase();
            text.contains("address already in use")
                || text.contains("address in use")
                || text.contains("addrinuse")
        })
    }

    /// Returns the panics in the output, oldest first, their files relative to `root`.
    pub(crate) fn panics(&self, root: &Path) -> Vec<Panic> {
        let panics = self.tail.panics().into_iter();
        panics
            .map(|panic| panic.named(&self.directory, root))
            .collect()
    }
}
