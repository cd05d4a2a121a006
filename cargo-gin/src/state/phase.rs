//! The phase of an attempt: how far it has come, and what is true then.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::os::exit::ExitStatus;
use crate::panic::Panic;
use crate::source::Sources;
use crate::state::output::Tail;
use crate::state::progress::Progress;

/// What the app is doing.
#[derive(Clone, Debug)]
pub(crate) enum Phase {
    /// cargo runs.
    Building(Progress),
    /// cargo ended without a binary: [`Status::diagnostics`] say why.
    Failed,
    /// The build is good, and `--lazy` waits for the first request.
    Idle,
    /// The app's process runs and has not opened its port yet.
    Starting(Start),
    /// The app answers at this address.
    Ready(SocketAddr),
    /// The app's process ended by itself.
    Crashed(Arc<Exit>),
}

impl Phase {
    /// The phase's name in `/__gin/status`, in events and in `X-Gin-Phase`.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Phase::Building(_) => "building",
            Phase::Failed => "failed",
            Phase::Idle => "idle",
            Phase::Starting(_) => "starting",
            Phase::Ready(_) => "ready",
            Phase::Crashed(_) => "crashed",
        }
    }
}

/// An app that has not opened its port yet.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    /// When its process started.
    pub(crate) since: Instant,
    /// The port it was told to open.
    pub(crate) port: u16,
    /// The ports it opened instead.
    pub(crate) opened: Vec<u16>,
    /// The last lines it wrote.
    pub(crate) tail: Tail,
}

/// How an app's process ended, and its last words.
#[derive(Clone, Debug)]
pub(crate) struct Exit {
    /// How it ended.
    pub(crate) status: ExitStatus,
    /// How long it had run.
    pub(crate) uptime: Duration,
    /// The port it was told to open.
    pub(crate) port: u16,
    /// The folder it ran in.
    pub(crate) folder: PathBuf,
    /// The last lines it wrote.
    pub(crate) tail: Tail,
    /// The files that its panics name.
    pub(crate) sources: Sources,
}

impl Exit {
    /// The panics that it told of, oldest first, their files named from `root`.
    pub(crate) fn panics(&self, root: &Path) -> Vec<Panic> {
        let panics = self.tail.panics().into_iter();
        panics
            .map(|panic| panic.named(&self.folder, root))
            .collect()
    }
}
