//! One attempt to get from a change to a running app, in a straight line.
//!
//! The next change drops the attempt wherever it waits, and with it cargo or an app that is just starting. So what a
//! later attempt may begin with is put into [`Session::known`] only once it is complete, and removed before it is made again.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::mem;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::sleep;

use crate::builder::{Artifact, Artifacts, Build, Observer as _};
use crate::dev::sequel::{BUILD_FAILED, Sequel};
use crate::dev::session::{Built, Known, Loads, Session};
use crate::dev::setback::Setback;
use crate::dev::variables;
use crate::diagnostics::Origin;
use crate::runner::{Launch, Port, Program, Socket};
use crate::sides::Plan;
use crate::state::{Change, Effect, Exit, Phase, Progress};
use crate::workspace::{Manifests, Unloadable, Workspace};

impl Session<'_> {
    /// Builds what the change requires and runs it, after a wait for the end of a burst of changes. Returns what follows without
    /// another change, such as a restart after a crash. In most cases nothing does, and the next change drops it.
    pub(super) async fn attempt(
        &mut self,
        change: &Change,
        wait: Duration,
    ) -> anyhow::Result<Sequel> {
        self.forgive(change);
        self.slot.note(change.relaunch);
        if !wait.is_zero() {
            sleep(wait).await;
        }
        let Err(mut setback) = self.advance(change.effect).await;
        if let Setback::Deleted(_) = setback {
            Err(setback) = self.advance(change.effect.max(Effect::Rebuild)).await;
        }
        match setback {
            Setback::BuildFailed => self.status.failed(),
            Setback::Refused { origin, text } => self.status.refuse(origin, &text),
            Setback::Deleted(executable) => {
                let text = format!(
                    "{} was deleted while it was to be started; save a file to build it again",
                    executable.display()
                );
                self.status.refuse(Origin::Gin, &text);
            }
            Setback::Crashed(mut exit) => {
                // The proxy waits for the phase before it gives these requests up.
                exit.in_flight = self.in_flight.now();
                let exit = Arc::new(exit);
                let revival = self.revival(&exit);
                self.status.crash(Arc::clone(&exit), revival);
                return Ok(self.after_exit(&exit, revival).await);
            }
            Setback::Built => {
                self.status.enter(Phase::Built);
                return Ok(self.after_build(ExitCode::SUCCESS).await);
            }
            Setback::Fatal(error) => return Err(error),
        }
        Ok(self.after_build(ExitCode::from(BUILD_FAILED)).await)
    }

    /// Goes as far as the code allows, at best until the app exits.
    async fn advance(&mut self, effect: Effect) -> Result<Infallible, Setback> {
        self.enter_directory().await;
        let workspace = self.workspace(effect).await?;
        let built = self.build(&workspace, effect).await?;
        self.publish_binaries(&workspace, &built.artifacts).await?;
        if self.dev.run.no_run {
            self.status.warn(&built.warnings);
            return Err(Setback::Built);
        }
        let launch = self.launch(&workspace, &built.artifacts.app)?;
        self.status.warn(&built.warnings);
        self.before_start(&workspace, &launch).await?;
        let (environment, library) = (launch.program.environment.clone(), workspace.library());
        let clippy = self.clippy(&workspace)?;
        let beside = (self.hooks).beside(
            &self.status,
            &built.warnings,
            &library,
            &environment,
            clippy,
        );
        let mut exit = tokio::select! {
            exit = self.slot.run(launch, &self.status) => exit?,
            failed = beside => match failed? {},
        };
        read_sources(&mut exit, &workspace);
        Err(Setback::Crashed(exit))
    }

    /// The workspace. The manifests are read again if they may have changed.
    async fn workspace(&mut self, effect: Effect) -> Result<Arc<Workspace>, Setback> {
        if let Known::Workspace(workspace) | Known::Built(workspace, _) = &self.known
            && effect < Effect::Resolve
        {
            return Ok(Arc::clone(workspace));
        }
        self.known = Known::Nothing;
        let began = SystemTime::now();
        let loaded = self.load().await;
        let loads = mem::replace(&mut self.loads, Loads::Some);
        let workspace = match loaded {
            Err(Unloadable::Options(error) | Unloadable::Choice { error, .. })
                if loads == Loads::None =>
            {
                return Err(Setback::Fatal(error));
            }
            // Without a manifest there is nothing else to watch. The former watches see that it is back.
            Err(unloadable @ Unloadable::Options(_)) => return Err(unloadable.into()),
            Err(unloadable) => {
                self.watch_rejected(&unloadable, began).await?;
                return Err(unloadable.into());
            }
            Ok(workspace) => Arc::new(workspace),
        };
        self.status.target(workspace.target.clone());
        self.watch_workspace(&workspace, began).await?;
        self.known = Known::Workspace(Arc::clone(&workspace));
        Ok(workspace)
    }

    /// Reads the manifests, by cargo.
    async fn load(&self) -> Result<Workspace, Unloadable> {
        let selection = &self.dev.selection;
        let on_progress = |progress| self.status.progress(progress);
        let manifests = Manifests::read(selection, self.reaper, on_progress).await?;
        self.status.progress(Progress::default());
        let beside: Vec<&str> = self.sides.iter().filter_map(Plan::binary).collect();
        let chosen = manifests.choose(selection, &beside);
        let workspace = chosen.map_err(|error| Unloadable::Choice {
            error,
            sources: manifests.sources(),
        })?;
        self.remark_on_tables(&manifests)?;
        self.remark_on_downloads(&manifests)?;
        let options = &self.dev.build;
        let workspace = workspace.built_with(options);
        let workspace = workspace.on_platform(selection, options, self.reaper).await;
        Ok(workspace.with_env_files(&self.dev.launch.files)?)
    }

    /// Notifies the user if the options in the manifests are not those that we run with. Those were read only once, and without
    /// cargo: sockets and tasks depend on them.
    fn remark_on_tables(&self, manifests: &Manifests) -> anyhow::Result<()> {
        if manifests.tables(&self.dev.selection) == self.tables {
            return Ok(());
        }
        let notice = match self.loads {
            Loads::None => {
                "cargo selects a package with other options in [package.metadata.gin] or [workspace.metadata.gin] than those in use; name the package with --package to apply them"
            }
            Loads::Some => {
                "the options in [package.metadata.gin] or [workspace.metadata.gin] have changed; restart `cargo gin dev` to apply them"
            }
        };
        self.notice_tx.send(notice.to_owned())?;
        Ok(())
    }

    /// Notifies the user once if cargo cannot download what only other platforms and tests may need.
    fn remark_on_downloads(&self, manifests: &Manifests) -> anyhow::Result<()> {
        if manifests.lack_downloads() && self.loads == Loads::None {
            let notice = "cargo cannot download all dependencies; going on without those that only tests or other platforms need";
            self.notice_tx.send(notice.to_owned())?;
        }
        Ok(())
    }

    /// The binary. Cargo runs again unless the last good build is still good.
    async fn build(
        &mut self,
        workspace: &Arc<Workspace>,
        effect: Effect,
    ) -> Result<Built, Setback> {
        if let Known::Built(_, built) = &self.known
            && effect < Effect::Rebuild
        {
            return Ok(built.clone());
        }
        self.known = Known::Workspace(Arc::clone(workspace));
        self.before_build(workspace).await?;
        let began = SystemTime::now();
        let outcome = self.compile(workspace, effect).await;
        let took = began.elapsed().unwrap_or_default();
        // Cargo could be started before, for the manifests. So this may pass.
        let compiled = outcome.map_err(|error| Setback::refused(&error))?;
        let artifacts = match compiled.build {
            Build::Good(artifacts) => artifacts,
            Build::Failed(scripts) => {
                self.watch_failed(workspace, scripts, began).await?;
                return Err(Setback::BuildFailed);
            }
        };
        self.watch_built(workspace, &artifacts, began).await?;
        let executable = &artifacts.app.executable;
        if let Some(hint) = self.hint.consider(executable, began, took) {
            // Without a receiver, the dev server is ending.
            let _ = self.notice_tx.send(hint);
        }
        if let Some(transcript) = compiled.transcript {
            self.learn(workspace, &artifacts, transcript, began).await;
        }
        let warnings = self.status.built();
        let built = Built {
            artifacts,
            warnings,
        };
        self.known = Known::Built(Arc::clone(workspace), built.clone());
        Ok(built)
    }

    /// Passes the binaries that run beside the app on to their supervisors.
    async fn publish_binaries(
        &mut self,
        workspace: &Workspace,
        artifacts: &Artifacts,
    ) -> Result<(), Setback> {
        let mut programs = BTreeMap::new();
        for side in &workspace.sides {
            if let Some(artifact) = artifacts.sides.get(&side.name) {
                let program = self.program(&workspace.of_side(side), artifact)?;
                programs.insert(side.name.clone(), program);
            }
        }
        self.publisher.publish(programs).await;
        Ok(())
    }

    /// The way to start the app.
    fn launch(&self, workspace: &Workspace, artifact: &Artifact) -> Result<Launch, Setback> {
        let program = self.program(workspace, artifact)?;
        let directory = variables::directory(&self.dev.launch);
        let port = match *self.port_rx.borrow() {
            Some(port) => Port::Fixed(port),
            None => Port::Any,
        };
        Ok(Launch {
            args: self.dev.args.clone(),
            directory: directory.map_err(|error| Setback::refused(&error))?,
            frameworks: workspace.frameworks.clone(),
            // Only Unix can pass a socket to a child, and a runner may start the app as a child of its own.
            socket: if cfg!(unix) && workspace.takes_socket && program.runner.is_none() {
                Socket::Passed(port)
            } else {
                Socket::OpenedByApp(port)
            },
            report: (workspace.target.reports).then(|| self.report_token.as_str().to_owned()),
            program,
        })
    }

    /// The program of a binary, with its variables.
    fn program(&self, workspace: &Workspace, artifact: &Artifact) -> Result<Program, Setback> {
        let config = &self.dev.selection.config;
        variables::program(workspace, artifact, config, &self.addresses)
            .map_err(|error| Setback::refused(&error))
    }
}

/// Reads the files that the app's panics name, so that the crash is shown in the code that crashed, not in a later version.
fn read_sources(exit: &mut Exit, workspace: &Workspace) {
    let library = workspace.library();
    for panic in exit.panics(&workspace.target.root) {
        exit.sources.read(panic.files(), &library);
    }
}
