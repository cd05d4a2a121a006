//! One attempt to get from a change to a running app, in a straight line.

use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

use crate::builder::{self, Artifact, Build, Listener};
use crate::cli::Dev;
use crate::dev::generated::Scripts;
use crate::dev::{inputs, variables};
use crate::diagnostics::{Diagnostic, Diagnostics, Origin};
use crate::os::orphans::{self, Of};
use crate::os::process::Stopped;
use crate::os::reaper::Reaper;
use crate::proxy::Token;
use crate::runner::{App, Launch, Port, Socket};
use crate::source::Library;
use crate::state::{Change, Chunk, Effect, Exit, Phase, Progress, Status, Timings};
use crate::watcher::Scope;
use crate::workspace::{Manifests, Tables, Unloadable, Workspace};

/// What outlives an attempt.
pub(super) struct Session<'a> {
    pub(super) dev: &'a Dev,
    /// What of the options was the manifests' own when they were read.
    pub(super) tables: Tables,
    pub(super) reaper: &'a Reaper,
    pub(super) status: watch::Sender<Status>,
    pub(super) scopes: watch::Sender<Scope>,
    /// What the app writes.
    pub(super) written: mpsc::Sender<Chunk>,
    /// What the person should know.
    pub(super) notices: mpsc::UnboundedSender<String>,
    /// What apps are asked for reports with.
    pub(super) report: Token,
    /// How many requests the app owes an answer to.
    pub(super) forwarded: watch::Receiver<usize>,
    /// How many requests wait for an app that is not running.
    pub(super) demanded: watch::Receiver<usize>,
    /// Absent while cargo can't make sense of the manifests.
    pub(super) workspace: Option<Workspace>,
    /// Absent while the code does not build.
    pub(super) artifact: Option<Artifact>,
    /// What the last good build said.
    pub(super) warnings: Arc<Diagnostics>,
    /// Absent until the first good build, and after a crash.
    pub(super) app: Option<Running>,
    pub(super) patience: Patience,
}

/// Was the person told that apps are waited for?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    Untold,
    Told,
}

/// An app that was started, and how.
pub(super) struct Running {
    app: App,
    launch: Launch,
    address: SocketAddr,
}

/// When an attempt begins its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// With its change.
    AtOnce,
    /// When no other change has come for the time of `--debounce`.
    Settled,
}

impl Session<'_> {
    /// The build scripts that may run. None while the manifests make no sense.
    pub(super) fn scripts(&self) -> Scripts {
        let workspace = self.workspace.as_ref();
        workspace.map(Scripts::of).unwrap_or_default()
    }

    /// Shows that there is a change, before any work is done: from here on nobody is answered by the old code.
    pub(super) fn announce(&self, change: &Change) {
        self.status.send_modify(|status| {
            if status.attempt > 0 {
                let past = status.to_attempt();
                status.history.push(past);
            }
            status.attempt += 1;
            status.cause = change.cause.clone();
            status.since = Instant::now();
            status.phase = Phase::Building(Progress::default());
            status.diagnostics = Arc::default();
            status.timings = Timings::default();
        });
    }

    /// Builds what the change asks for, runs it, and waits. Never ends by itself: a newer change drops it.
    pub(super) async fn attempt(
        &mut self,
        change: &Change,
        pace: Pace,
    ) -> anyhow::Result<Infallible> {
        if pace == Pace::Settled {
            sleep(self.dev.watch.debounce).await;
        }
        if (change.effect == Effect::Resolve || self.workspace.is_none()) && !self.resolve().await?
        {
            return pending().await;
        }
        if (change.effect >= Effect::Rebuild || self.artifact.is_none()) && !self.build().await? {
            return pending().await;
        }
        let mut exit = self.run().await?;
        self.app = None;
        orphans::end(Of::AllApps, &[self.reaper.group()]);
        self.read_sources(&mut exit);
        self.enter(Phase::Crashed(Arc::new(exit)));
        pending().await
    }

    /// Reads the manifests again. Answers whether they make sense.
    async fn resolve(&mut self) -> anyhow::Result<bool> {
        self.artifact = None;
        self.workspace = None;
        let selection = &self.dev.selection;
        let workspace = match Manifests::read(selection).await {
            Ok(manifests) => {
                self.remark_on_tables(&manifests)?;
                manifests.choose(selection).map_err(Unloadable::from)
            }
            Err(unloadable) => Err(unloadable),
        };
        match workspace {
            Ok(workspace) => {
                let workspace = workspace.built_with(&self.dev.build);
                let target = Arc::new(workspace.target.clone());
                self.status.send_modify(|status| status.target = target);
                self.scopes
                    .send_replace(Scope::new(&workspace, &self.dev.watch));
                self.workspace = Some(workspace);
                Ok(true)
            }
            Err(Unloadable::Manifest(text)) => {
                let text = text.trim();
                self.complain(Origin::Cargo, text.strip_prefix("error: ").unwrap_or(text));
                Ok(false)
            }
            Err(Unloadable::Options(error)) => {
                self.complain(Origin::Gin, &format!("{error:#}"));
                Ok(false)
            }
        }
    }

    /// Options count as they were at the start, when the manifests may have been broken.
    fn remark_on_tables(&self, manifests: &Manifests) -> anyhow::Result<()> {
        if manifests.tables(&self.dev.selection) != self.tables {
            let notice = "the options in [package.metadata.gin] or [workspace.metadata.gin] have changed; they count once `cargo gin dev` is started again";
            self.notices.send(notice.to_owned())?;
        }
        Ok(())
    }

    /// Shows what is wrong with a file that is no code.
    fn complain(&self, origin: Origin, text: &str) {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(Diagnostic::cargo(origin, text));
        // Of what is ours only the line is shown: what is around it in a `.env` file is nobody's business.
        if origin == Origin::Cargo {
            let root = self.status.borrow().target.root.clone();
            diagnostics.snapshot(&Library::new(&root, &[]));
        }
        self.said(&diagnostics);
        self.built(Phase::Failed);
    }

    /// Runs cargo. Answers whether there is a binary.
    async fn build(&mut self) -> anyhow::Result<bool> {
        self.artifact = None;
        let Some(workspace) = &self.workspace else {
            return Ok(false);
        };
        let command = builder::command(workspace, &self.dev.selection, &self.dev.build)?;
        let build = builder::build(command, workspace, self.reaper, &*self).await?;
        let inputs = match &build {
            Build::Good(artifact) => inputs::read(&artifact.executable, &workspace.made()),
            Build::Failed => None,
        };
        self.scopes
            .send_modify(|scope| *scope = scope.after(inputs));
        match build {
            Build::Good(artifact) => {
                self.artifact = Some(artifact);
                self.warnings = self.status.borrow().diagnostics.clone();
                self.status
                    .send_modify(|status| status.timings.build = Some(status.since.elapsed()));
                Ok(true)
            }
            Build::Failed => {
                self.built(Phase::Failed);
                Ok(false)
            }
        }
    }

    /// Brings the artifact to run, and waits for its end.
    async fn run(&mut self) -> anyhow::Result<Exit> {
        let launch = match self.launch() {
            Ok(launch) => launch,
            Err(error) => {
                self.complain(Origin::Gin, &format!("{error:#}"));
                return pending().await;
            }
        };
        // They stay, also when there was nothing to build this time.
        self.status
            .send_modify(|status| status.diagnostics = self.warnings.clone());
        if !self.keeps(&launch).await {
            self.wait_for_demand().await;
            if let Some(exit) = self.replace(launch).await? {
                return Ok(exit);
            }
        }
        let Some(running) = &mut self.app else {
            return pending().await;
        };
        let address = running.address;
        self.status.send_modify(|status| {
            let since_build = status.timings.build.unwrap_or_default();
            status.timings.start = Some(status.since.elapsed().saturating_sub(since_build));
            status.phase = Phase::Ready(address);
        });
        running.app.exited().await
    }

    fn launch(&self) -> anyhow::Result<Launch> {
        let (Some(workspace), Some(artifact)) = (&self.workspace, &self.artifact) else {
            anyhow::bail!("there is nothing to run");
        };
        let port = match self.dev.front.app_port {
            Some(port) => Port::Fixed(port),
            None => Port::Any,
        };
        Ok(Launch {
            executable: artifact.executable.clone(),
            args: self.dev.args.clone(),
            environment: variables::variables(workspace, artifact)?,
            // Only Unix passes one on.
            socket: if cfg!(unix) && workspace.takes_socket {
                Socket::Passed(port)
            } else {
                Socket::Told(port)
            },
            report: (workspace.target.reports).then(|| self.report.as_str().to_owned()),
        })
    }

    /// Does the app that runs already do what is asked for?
    async fn keeps(&mut self, launch: &Launch) -> bool {
        match &mut self.app {
            Some(running) if running.launch == *launch => {
                running.app.runs(&launch.executable).await
            }
            _ => false,
        }
    }

    /// With `--lazy`, waits for the first request.
    async fn wait_for_demand(&mut self) {
        if !self.dev.run.lazy {
            return;
        }
        self.enter(Phase::Idle);
        // An error means that the proxy is gone, and the whole dev server with it.
        let _ = self.demanded.wait_for(|waiting| *waiting > 0).await;
    }

    /// Puts a new app in the old one's place. Answers how it ended when it did not get to open its port.
    async fn replace(&mut self, launch: Launch) -> anyhow::Result<Option<Exit>> {
        if !self.dev.run.overlap {
            self.make_room().await?;
            orphans::end(Of::AllApps, &[self.reaper.group()]);
        }
        let mut app = match App::start(&launch, self.reaper, &self.written) {
            Ok(app) => app,
            Err(error) => {
                self.complain(Origin::Gin, &format!("{error:#}"));
                return pending().await;
            }
        };
        self.enter(Phase::Starting(app.starting()));
        let status = &self.status;
        let ready =
            app.ready(|start| status.send_modify(|status| status.phase = Phase::Starting(start)));
        let address = match ready.await? {
            Ok(address) => address,
            Err(exit) => return Ok(Some(exit)),
        };
        if self.dev.run.overlap {
            self.make_room().await?;
            orphans::end(Of::AppsBut(app.port()), &[self.reaper.group(), app.group()]);
        }
        self.app = Some(Running {
            app,
            launch,
            address,
        });
        Ok(None)
    }

    /// Lets the app answer what it was asked, then ends it. Answers what that took, if there was one.
    pub(super) async fn stop(&mut self) -> anyhow::Result<Option<Stopped>> {
        let grace = self.dev.run.grace;
        let Some(running) = &mut self.app else {
            return Ok(None);
        };
        // Whether all was answered in time or not, the app ends now.
        let _ = timeout(grace, self.forwarded.wait_for(|pending| *pending == 0)).await;
        let stopped = running.app.stop(grace).await?;
        self.app = None;
        Ok(Some(stopped))
    }

    /// Makes room for a newer app. That the older one takes its time is said once: every restart waits for that.
    async fn make_room(&mut self) -> anyhow::Result<()> {
        let stopped = self.stop().await?;
        if stopped == Some(Stopped::Killed) && self.patience == Patience::Untold {
            self.patience = Patience::Told;
            let grace = humantime::format_duration(self.dev.run.grace);
            let notice = format!(
                "the app was asked to end (SIGTERM) and still ran {grace} later, so it was killed; restarts take that long until it ends sooner, or --grace is less"
            );
            self.notices.send(notice)?;
        }
        Ok(())
    }

    /// Reads the files that the app's panics name, so that the crash can be shown where it happened.
    fn read_sources(&self, exit: &mut Exit) {
        if let Some(workspace) = &self.workspace {
            let library = workspace.library();
            for panic in exit.panics(&workspace.target.root) {
                exit.sources.read(panic.files(), &library);
            }
        }
    }

    fn enter(&self, phase: Phase) {
        self.status.send_modify(|status| status.phase = phase);
    }

    fn built(&self, phase: Phase) {
        self.status.send_modify(|status| {
            status.timings.build = Some(status.since.elapsed());
            status.phase = phase;
        });
    }
}

impl Listener for Session<'_> {
    fn progress(&self, progress: Progress) {
        self.enter(Phase::Building(progress));
    }

    fn said(&self, diagnostics: &Diagnostics) {
        self.status
            .send_modify(|status| status.diagnostics = Arc::new(diagnostics.clone()));
    }
}
