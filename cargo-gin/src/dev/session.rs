//! The session: everything that outlives an attempt.

use std::collections::HashSet;
use std::mem::Discriminant;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio::task::spawn_blocking;

use crate::builder::{Artifacts, Fast, Reason};
use crate::cli::Dev;
use crate::dev::crash_site::CrashSite;
use crate::dev::generated::Scripts;
use crate::dev::hint::Hint;
use crate::dev::hooks::HookRunner;
use crate::dev::restart::AppSlot;
use crate::dev::status_writer::StatusWriter;
use crate::diagnostics::Diagnostics;
use crate::os::reaper::Reaper;
use crate::proxy::Token;
use crate::sides::{Addresses, Backoff, Plan, Publisher};
use crate::state::InFlight;
use crate::watcher::Scope;
use crate::workspace::{Tables, Workspace};

/// Everything that outlives an attempt.
pub(super) struct Session<'a> {
    pub(super) dev: &'a Dev,
    /// The directory that the dev server was started in.
    pub(super) directory: PathBuf,
    /// The options that the manifests held when they were read for `dev`.
    pub(super) tables: Tables,
    pub(super) reaper: &'a Reaper,
    /// Proves to the app that a request for reports is ours.
    pub(super) report_token: Token,
    /// The port that the app opens: `--app-port`, or the one that a page has chosen. `None` if it reads `PORT`.
    pub(super) port_rx: watch::Receiver<Option<u16>>,
    pub(super) status: StatusWriter,
    pub(super) scope_tx: watch::Sender<Scope>,
    pub(super) notice_tx: mpsc::UnboundedSender<String>,
    /// The processes beside the app.
    pub(super) sides: &'a [Plan],
    /// Publishes the binaries among them that a build has made.
    pub(super) publisher: Publisher,
    /// The addresses that the app and the processes learn.
    pub(super) addresses: Addresses,
    /// The hooks.
    pub(super) hooks: HookRunner<'a>,
    pub(super) known: Known,
    /// Builds without cargo, if the user wants that.
    pub(super) fast: Option<Fast>,
    /// The kinds of reasons for cargo that the user knows already.
    pub(super) explained: HashSet<Discriminant<Reason>>,
    pub(super) loads: Loads,
    pub(super) slot: AppSlot<'a>,
    /// The requests that the app has received and not responded to.
    pub(super) in_flight: InFlight,
    /// The pauses between crashes and restarts.
    pub(super) backoff: Backoff,
    /// The last crash while the app served requests, since the last change.
    pub(super) last_crash: Option<CrashSite>,
    /// The measurement of builds for the hint at `cargo gin tune`.
    pub(super) hint: Hint,
}

/// The results of earlier attempts that a new one can begin with.
pub(super) enum Known {
    /// None: the manifests were not read yet, or cargo rejects them.
    Nothing,
    /// The manifests make sense, and there is no good build yet.
    Workspace(Arc<Workspace>),
    /// The last build was good.
    Built(Arc<Workspace>, Built),
}

/// The manifests that were read so far. Mistakes in the options end the dev server at the first time, and are shown as a page later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loads {
    None,
    Some,
}

/// The results of a good build.
#[derive(Clone)]
pub(super) struct Built {
    pub(super) artifacts: Artifacts,
    pub(super) warnings: Arc<Diagnostics>,
}

impl Session<'_> {
    /// Enters the directory that the dev server was started in, which may have been deleted and made again since.
    pub(super) async fn enter_directory(&self) {
        let directory = self.directory.clone();
        // An error means that there is no such directory now. Cargo reports what it lacks.
        let _ = spawn_blocking(|| std::env::set_current_dir(directory)).await;
    }

    /// The build scripts that may run.
    pub(super) fn scripts(&self) -> Scripts {
        match &self.known {
            Known::Workspace(workspace) | Known::Built(workspace, _) => Scripts::of(workspace),
            Known::Nothing => Scripts::default(),
        }
    }
}
