//! The hooks of an attempt.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::time::SystemTime;

use tokio::process::Command;
use tokio::sync::{mpsc, watch};

use crate::builder::{self, Subcommand};
use crate::cargo::Environment;
use crate::dev::hook_writes::HookRun;
use crate::dev::session::Session;
use crate::dev::setback::Setback;
use crate::dev::status_writer::StatusWriter;
use crate::diagnostics::Diagnostics;
use crate::hooks::{Failure, Hook, Hooks, Outlets, Run, When};
use crate::os::reaper::Reaper;
use crate::runner::Launch;
use crate::source::Library;
use crate::state::{Chunk, Freshness, Phase, Progress, Reachable};
use crate::workspace::Workspace;

/// The hooks, and their connections.
pub(super) struct HookRunner<'a> {
    pub(super) hooks: &'a Hooks,
    pub(super) reaper: &'a Reaper,
    pub(super) output_tx: mpsc::Sender<Chunk>,
    pub(super) notice_tx: mpsc::UnboundedSender<String>,
    /// The run of a hook that began last.
    pub(super) run_tx: watch::Sender<Option<HookRun>>,
    /// Waits until the writes of a hook are known.
    pub(super) fresh: Freshness,
    /// The hook that this attempt leaves out.
    pub(super) skipped: Option<When>,
}

/// A run under way. Dropping it ends the run.
struct UnderWay<'a>(&'a watch::Sender<Option<HookRun>>);

impl Session<'_> {
    /// Runs the hooks before cargo.
    pub(super) async fn before_build(&self, workspace: &Arc<Workspace>) -> Result<(), Setback> {
        if !self.hooks.runs(When::Build) {
            return Ok(());
        }
        let began = SystemTime::now();
        let ended = self.hooks.before(When::Build, None, &self.status).await?;
        // A change that the hook made is recognized by its time, before cargo starts.
        self.hooks.fresh.reached().await;
        self.unless_failed(ended, workspace, began).await
    }

    /// Runs the hooks before the app, unless it runs already.
    pub(super) async fn before_start(
        &mut self,
        workspace: &Arc<Workspace>,
        launch: &Launch,
    ) -> Result<(), Setback> {
        if !self.hooks.runs(When::Start) || self.slot.keeps(launch).await {
            return Ok(());
        }
        let began = SystemTime::now();
        let environment = Some(&launch.program.environment);
        let ended = (self.hooks)
            .before(When::Start, environment, &self.status)
            .await?;
        self.unless_failed(ended, workspace, began).await
    }

    /// Shows the failure of a hook like that of a build, and watches what could mend it.
    async fn unless_failed(
        &self,
        ended: Result<(), Failure>,
        workspace: &Arc<Workspace>,
        began: SystemTime,
    ) -> Result<(), Setback> {
        let Err(failure) = ended else {
            return Ok(());
        };
        self.status.fail_hook(&failure);
        self.watch_failed(workspace, Vec::new(), began).await?;
        Err(Setback::BuildFailed)
    }

    /// Returns clippy's command, if the options request it.
    pub(super) fn clippy(&self, workspace: &Workspace) -> Result<Option<Command>, Setback> {
        if !self.dev.build.clippy {
            return Ok(None);
        }
        let (selection, options) = (&self.dev.selection, &self.dev.build);
        let command = builder::command(Subcommand::Clippy, workspace, selection, options);
        command.map(Some).map_err(Setback::from)
    }
}

impl HookRunner<'_> {
    /// Returns `true` if there is a hook for this time, and it is not skipped.
    pub(super) fn runs(&self, when: When) -> bool {
        self.hooks.has(when) && self.skipped != Some(when)
    }

    /// Runs the hooks for a time before the app runs, one after the other.
    async fn before(
        &self,
        when: When,
        environment: Option<&Environment>,
        status: &StatusWriter,
    ) -> anyhow::Result<Result<(), Failure>> {
        let _run = self.begin(when);
        for hook in self.hooks.at(when) {
            let progress = Progress::of_hook(&hook.text, when.name());
            status.enter(Phase::Building(progress));
            let run = Run::before(hook, environment)?;
            if let Err(failure) = run.finish(self.outlets(), drop).await? {
                return Ok(Err(failure));
            }
        }
        Ok(Ok(()))
    }

    /// Waits until the app is ready, and runs the hooks beside it. Their diagnostics join `warnings`.
    pub(super) async fn beside(
        &self,
        status: &StatusWriter,
        warnings: &Arc<Diagnostics>,
        library: &Library,
        environment: &Environment,
        clippy: Option<Command>,
    ) -> anyhow::Result<Infallible> {
        let hooks: Vec<&Hook> = match self.skipped {
            Some(When::Ready) => Vec::new(),
            _ => self.hooks.at(When::Ready).collect(),
        };
        if hooks.is_empty() && clippy.is_none() {
            return pending().await;
        }
        let app = ready(status).await;
        let under_way = self.begin(When::Ready);
        let mut diagnostics = Diagnostics::clone(warnings);
        let clippy = clippy.map(|command| Run::of_cargo(When::Ready, "cargo clippy", command));
        let mut runs: Vec<Run> = clippy.into_iter().collect();
        for hook in hooks {
            runs.push(Run::beside(hook, environment, app.address)?);
        }
        for run in runs {
            let mut found = 0;
            let ended = run.finish(self.outlets(), |diagnostic| {
                found += 1;
                diagnostics.push_remark(diagnostic, library);
            });
            let ended = ended.await?;
            match ended {
                Err(failure) if found == 0 => self.notice_tx.send(failure.headline)?,
                Ok(()) | Err(_) => {}
            }
            if found > 0 {
                status.warn(&Arc::new(diagnostics.clone()));
            }
        }
        drop(under_way);
        pending().await
    }

    fn outlets(&self) -> Outlets<'_> {
        Outlets {
            reaper: self.reaper,
            output_tx: &self.output_tx,
        }
    }

    fn begin(&self, when: When) -> UnderWay<'_> {
        self.run_tx.send_replace(Some(HookRun {
            when,
            began: file_time(),
            ended: None,
        }));
        UnderWay(&self.run_tx)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|run| {
            if let Some(run) = run {
                run.ended = Some(SystemTime::now());
            }
        });
    }
}

/// Waits until the app is ready.
async fn ready(status: &StatusWriter) -> Reachable {
    let mut status_rx = status.subscribe();
    loop {
        if let Phase::Ready(reachable) = &status_rx.borrow_and_update().phase {
            return reachable.clone();
        }
        if status_rx.changed().await.is_err() {
            return pending().await;
        }
    }
}

/// Returns the time that a file would get now. The clock of files may lag behind the system's by some milliseconds.
fn file_time() -> SystemTime {
    let file = tempfile::tempfile().and_then(|file| file.metadata()?.modified());
    file.unwrap_or_else(|_| SystemTime::now())
}
