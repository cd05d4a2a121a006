//! A build: by rustc alone where that is sound and the user wants it, else by cargo.

use std::sync::Arc;
use std::time::SystemTime;

use crate::builder::{
    self, Artifacts, Build, Fast, Lesson, Observer as _, Reason, Start, Subcommand, Transcript,
};
use crate::cargo::{Layers, Runner};
use crate::dev::session::Session;
use crate::diagnostics::Diagnostics;
use crate::hooks::When;
use crate::state::{Effect, Progress};
use crate::workspace::Workspace;

/// A build that has ended.
pub(super) struct Compiled {
    pub(super) build: Build,
    /// The messages of cargo, if the next build may be able to do without it.
    pub(super) transcript: Option<Transcript>,
}

impl Session<'_> {
    /// Builds the workspace's target.
    pub(super) async fn compile(
        &mut self,
        workspace: &Arc<Workspace>,
        effect: Effect,
    ) -> anyhow::Result<Compiled> {
        if self.dev.fast
            && let Some(build) = self.compile_without_cargo(workspace, effect).await
        {
            let transcript = None;
            return Ok(Compiled { build, transcript });
        }
        let (selection, options) = (&self.dev.selection, &self.dev.build);
        let mut command = builder::command(Subcommand::Build, workspace, selection, options)?;
        let mut transcript = None;
        if let Some(fast) = &mut self.fast {
            match fast.record(&mut command, &selection.config).await {
                Ok(()) => transcript = Some(Transcript::default()),
                Err(reason) => self.explain(&reason),
            }
        }
        let (reaper, status) = (self.reaper, &self.status);
        let mut build =
            builder::build(command, workspace, reaper, status, transcript.as_mut()).await?;
        let start = self.start(workspace);
        if let (Some(fast), Some(transcript)) = (&mut self.fast, &transcript) {
            fast.note(transcript);
            if start == Start::Early {
                fast.recognize(&mut build);
            }
        }
        Ok(Compiled { build, transcript })
    }

    /// Builds without cargo, or explains the reason for which that cannot be.
    async fn compile_without_cargo(
        &mut self,
        workspace: &Workspace,
        effect: Effect,
    ) -> Option<Build> {
        if self.fast.is_none() {
            match Fast::new(self.notice_tx.clone()) {
                Ok(fast) => self.fast = Some(fast),
                Err(reason) => self.explain(&reason),
            }
        }
        let start = self.start(workspace);
        let fast = self.fast.as_mut()?;
        let outcome = if effect == Effect::Rebuild {
            fast.build(start, workspace, self.reaper, &self.status)
                .await
        } else {
            fast.forget();
            Err(Reason::Resolve)
        };
        match outcome {
            Ok(build) => Some(build),
            Err(reason) => {
                self.explain(&reason);
                // Cargo reports everything itself.
                self.status.diagnostics(&Diagnostics::default());
                self.status.progress(Progress::default());
                None
            }
        }
    }

    /// Returns when the app may start. A hook before it, a runner, and users of `--no-run` may be there for the complete program. With
    /// binaries beside it, it is not alone.
    fn start(&self, workspace: &Workspace) -> Start {
        let layers = Layers::read(&self.dev.selection.config);
        let runner = layers.and_then(|layers| Runner::find(&workspace.platform, &layers));
        let has_runner = !matches!(runner, Ok(None));
        let has_beside = !workspace.sides.is_empty();
        if has_runner || has_beside || self.dev.run.no_run || self.hooks.runs(When::Start) {
            Start::Complete
        } else {
            Start::Early
        }
    }

    /// Learns what a good run of cargo has read and made.
    pub(super) async fn learn(
        &mut self,
        workspace: &Arc<Workspace>,
        artifacts: &Artifacts,
        transcript: Transcript,
        began: SystemTime,
    ) {
        let Some(fast) = &mut self.fast else {
            return;
        };
        let lesson = Lesson {
            workspace: Arc::clone(workspace),
            transcript,
            inputs: self.scope_tx.borrow().all_inputs(),
            scripts: artifacts.app.scripts.clone(),
            began,
        };
        if let Err(reason) = fast.learn(lesson).await {
            self.explain(&reason);
        }
    }

    /// Explains a reason for which cargo builds, once for each kind.
    fn explain(&mut self, reason: &Reason) {
        if !reason.is_expected() && self.explained.insert(reason.kind()) {
            // If nobody listens, the dev server is about to end.
            let notice = format!("--fast: cargo builds, since {reason}");
            let _ = self.notice_tx.send(notice);
        }
    }
}
