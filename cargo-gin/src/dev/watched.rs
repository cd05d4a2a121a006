//! The scope of the watcher, which each step of an attempt makes more certain.
//!
//! Inputs are read on a thread of their own: a file system that hangs must not hold up signals or requests.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Context as _;
use tokio::task::spawn_blocking;

use crate::builder::{Artifact, Artifacts};
use crate::cargo::Layers;
use crate::dev::session::Session;
use crate::inputs::{Inputs, ScriptRun};
use crate::state::Effect;
use crate::watcher::Scope;
use crate::workspace::{self, Unloadable, Workspace};

impl Session<'_> {
    /// Watches the workspace, whose manifests cargo began to read at `began`.
    pub(super) async fn watch_workspace(
        &self,
        workspace: &Arc<Workspace>,
        began: SystemTime,
    ) -> anyhow::Result<()> {
        let known = workspace.manifests.clone();
        let inputs = self.manifest_inputs(known).await?;
        let scope = Scope::new(workspace, &self.dev.watch, inputs, began);
        self.scope_tx
            .send_modify(|former| *former = scope.with_build_of(former));
        Ok(())
    }

    /// Watches what could mend the manifests, which were rejected for this reason.
    pub(super) async fn watch_rejected(
        &self,
        reason: &Unloadable,
        began: SystemTime,
    ) -> anyhow::Result<()> {
        let manifest = workspace::manifest(&self.dev.selection)?;
        let text = reason.text();
        let named = blocking(move || Inputs::of_failed_load(&text, &manifest)).await?;
        let mut inputs = self.manifest_inputs(Vec::new()).await?;
        inputs.merge(named);
        for source in reason.sources() {
            inputs.add_presence(source, Effect::Resolve);
        }
        self.scope_tx
            .send_modify(|scope| *scope = scope.failed(inputs, began));
        Ok(())
    }

    /// Watches what a good build has read since `began`.
    pub(super) async fn watch_built(
        &self,
        workspace: &Arc<Workspace>,
        artifacts: &Artifacts,
        began: SystemTime,
    ) -> anyhow::Result<()> {
        let workspace = Arc::clone(workspace);
        let artifacts = artifacts.clone();
        let read = move || {
            let mut inputs = inputs_of(&artifacts.app, &workspace)?;
            for side in &workspace.sides {
                let artifact = artifacts.sides.get(&side.name)?;
                inputs.merge(inputs_of(artifact, &workspace.of_side(side))?);
            }
            Some(inputs)
        };
        let inputs = blocking(read).await?;
        self.scope_tx.send_modify(|scope| {
            *scope = match inputs {
                Some(inputs) => scope.built(inputs, began),
                None => scope.unlisted(began),
            };
        });
        Ok(())
    }

    /// Watches what could mend a build that has failed since `began`, and ran these scripts.
    pub(super) async fn watch_failed(
        &self,
        workspace: &Arc<Workspace>,
        scripts: Vec<ScriptRun>,
        began: SystemTime,
    ) -> anyhow::Result<()> {
        let workspace = Arc::clone(workspace);
        let diagnostics = Arc::clone(&self.status.subscribe().borrow().diagnostics);
        let read = move || Inputs::of_failed_build(&diagnostics, &scripts, &workspace, began);
        let inputs = blocking(read).await?;
        self.scope_tx
            .send_modify(|scope| *scope = scope.failed(inputs, began));
        Ok(())
    }

    /// Returns the inputs that decide what cargo compiles.
    async fn manifest_inputs(&self, known: Vec<PathBuf>) -> anyhow::Result<Inputs> {
        let manifest = workspace::manifest(&self.dev.selection)?;
        let here = std::env::current_dir().context("cannot find the current directory")?;
        let given = Layers::named(&self.dev.selection.config, &here);
        let mut inputs = blocking(move || Inputs::of_manifests(&manifest, &here, &known)).await?;
        for file in given {
            inputs.add(file, Effect::Resolve);
        }
        Ok(inputs)
    }
}

/// Returns the inputs of one binary, or `None` if cargo has not written them down.
fn inputs_of(artifact: &Artifact, workspace: &Workspace) -> Option<Inputs> {
    let executable = &artifact.executable;
    let mut inputs = Inputs::of_build(executable, &artifact.scripts, workspace)?;
    inputs.add_aliases(executable, &artifact.crates, workspace);
    Some(inputs)
}

async fn blocking<T: Send + 'static>(
    read: impl FnOnce() -> T + Send + 'static,
) -> anyhow::Result<T> {
    let read = spawn_blocking(read).await;
    read.context("the inputs of the build cannot be read")
}
