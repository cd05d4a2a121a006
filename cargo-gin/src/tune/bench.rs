//! The bench: builds of the copy, before and after edits.

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::builder::{self, Build, Subcommand};
use crate::cli::{BuildOptions, Selection, Tune};
use crate::os::reaper::Reaper;
use crate::tune::arrangement::Arrangement;
use crate::tune::candidate::{Candidate, Extent};
use crate::tune::change::Change;
use crate::tune::hot::HotFile;
use crate::tune::progress::Bar;
use crate::tune::scratch::Scratch;
use crate::tune::size::size;
use crate::tune::tree;
use crate::tune::verdict::Pair;
use crate::workspace::{Manifests, Unloadable, Workspace};

/// The name of the target directory of today's settings.
pub(super) const TODAY: &str = "today";
/// The name of the target directory of other settings.
pub(super) const CHANGED: &str = "changed";

/// The copy of a project, ready to be built.
pub(super) struct Bench<'a> {
    selection: Selection,
    build: BuildOptions,
    /// The workspace of the copy.
    workspace: Workspace,
    has_build_dir: bool,
    pub(super) scratch: &'a Scratch,
    pub(super) reaper: &'a Reaper,
    pub(super) bar: &'a Bar,
    /// The number of the last edit.
    edits: Cell<u64>,
    arrangement: RefCell<Arrangement>,
}

/// The outcome of a build.
#[derive(Debug)]
pub(super) enum Outcome {
    Built {
        took: Duration,
        executable: PathBuf,
    },
    /// It failed, with these diagnostics.
    Broken(Vec<String>),
}

/// The outcome of a candidate's builds.
#[derive(Debug)]
pub(super) enum Measured {
    Compared(Costs, Pair),
    /// The project does not build with it, for this reason.
    Failed(String),
}

/// The costs of a setting besides an edit's build.
#[derive(Clone, Copy, Debug)]
pub(super) struct Costs {
    /// The time of a build from scratch. `None` if dependencies are shared with today's settings.
    pub(super) clean: Option<Duration>,
    /// The size of the target directory, in bytes.
    pub(super) target: Option<u64>,
    /// The size of the program, in bytes.
    pub(super) program: u64,
}

impl<'a> Bench<'a> {
    /// Reads the manifests of the copy.
    pub(super) async fn open(
        options: &Tune,
        original: &Workspace,
        has_build_dir: bool,
        scratch: &'a Scratch,
        bar: &'a Bar,
        reaper: &'a Reaper,
    ) -> anyhow::Result<Bench<'a>> {
        let manifest = scratch.copy_of(&original.package_dir.join("Cargo.toml"));
        let manifest = manifest.context("the package lies in the copied directories")?;
        let root = scratch.copy_of(&original.target.root);
        let root = root.context("the workspace lies in the copied directories")?;
        let given = &options.selection;
        let selection = Selection {
            manifest_path: Some(manifest),
            // Fewer features leave crates out of the lock file of the copy.
            locked: false,
            frozen: false,
            offline: given.offline || given.frozen,
            ..options.selection.clone()
        };
        let manifests = Manifests::read(&selection, reaper, drop)
            .await
            .map_err(Unloadable::into_error)
            .context("cannot read the manifests of the copy of the project")?;
        let workspace = manifests.choose(&selection, &[])?;
        Ok(Bench {
            workspace: workspace.built_with(&options.build),
            selection,
            build: options.build.clone(),
            has_build_dir,
            scratch,
            reaper,
            bar,
            edits: Cell::new(0),
            arrangement: RefCell::new(Arrangement::of(root)),
        })
    }

    /// Builds under today's settings, or those of a candidate.
    pub(super) async fn build(
        &self,
        candidate: Option<&Candidate>,
        target: &str,
        more: &[&str],
    ) -> anyhow::Result<Outcome> {
        let changes = candidate.map_or(&[][..], |candidate| &candidate.changes);
        self.arrangement.borrow_mut().switch(changes)?;
        let directory = self.scratch.target(target);
        let mut selection = self.selection.clone();
        selection
            .config
            .extend(candidate.into_iter().flat_map(Candidate::config));
        if self.has_build_dir {
            let value = toml_edit::Value::from(directory.display().to_string());
            selection.config.push(format!("build.build-dir={value}"));
        }
        let options = BuildOptions {
            target_dir: Some(directory.clone()),
            ..self.build.clone()
        };
        let arguments = candidate.map_or(&[][..], |candidate| &candidate.arguments);
        let subcommand = if arguments.is_empty() {
            Subcommand::Build
        } else {
            Subcommand::Rustc
        };
        let workspace = self.workspace.clone().built_with(&options);
        let mut command = builder::command(subcommand, &workspace, &selection, &options)?;
        command.args(more);
        if !arguments.is_empty() {
            command.arg("--").args(arguments);
        }
        let began = Instant::now();
        let built = builder::build(command, &workspace, self.reaper, self.bar, None).await?;
        let took = began.elapsed();
        self.bar.built();
        Ok(match built {
            Build::Good(artifacts) => Outcome::Built {
                took,
                executable: artifacts.app.executable,
            },
            Build::Failed(_) => Outcome::Broken(self.bar.diagnostics()),
        })
    }

    /// Counts the crates that the program is built of with these changes, or returns `None` if cargo cannot list them.
    pub(super) async fn crates(&self, changes: &[Change]) -> anyhow::Result<Option<usize>> {
        self.arrangement.borrow_mut().switch(changes)?;
        tree::crates(&self.workspace, &self.selection, &self.build, self.reaper).await
    }

    /// Deletes what was built under other settings than today's.
    pub(super) fn discard(&self) -> anyhow::Result<()> {
        self.scratch.discard(CHANGED)
    }

    /// Edits a file.
    pub(super) fn edit(&self, file: &HotFile) -> anyhow::Result<()> {
        let number = self.edits.get() + 1;
        self.edits.set(number);
        let spot = file
            .spots
            .first()
            .context("a hot file has a place to edit")?;
        fs::write(&file.copy, spot.edited(&file.text, number))
            .with_context(|| format!("cannot write {}", file.copy.display()))
    }

    /// Edits each of the files and builds after each edit. Returns the mean time of these builds.
    pub(super) async fn sample(
        &self,
        candidate: Option<&Candidate>,
        target: &str,
        files: &[HotFile],
    ) -> anyhow::Result<Duration> {
        let mut sum = Duration::ZERO;
        for file in files {
            self.edit(file)?;
            match self.build(candidate, target, &[]).await? {
                Outcome::Built { took, .. } => sum += took,
                Outcome::Broken(texts) => bail!(
                    "a build after an edit of {} failed: {}",
                    file.original.display(),
                    texts.join("\n")
                ),
            }
        }
        Ok(sum / u32::try_from(files.len().max(1))?)
    }

    /// Returns the number of builds of [`Bench::compare`].
    pub(super) fn builds(rounds: usize, files: usize) -> usize {
        1 + (2 + 2 * rounds) * files
    }

    /// Builds under a candidate and under today's settings in turns. `size_today` is the size of today's target directory.
    pub(super) async fn compare(
        &self,
        candidate: &Candidate,
        files: &[HotFile],
        rounds: usize,
        size_today: u64,
    ) -> anyhow::Result<Measured> {
        let target = match candidate.extent {
            Extent::Own => TODAY,
            Extent::All => {
                self.scratch.check_room(size_today + size_today / 4)?;
                CHANGED
            }
        };
        let title = &candidate.title;
        self.bar.begin(format!("{title}: first build"));
        let (took, executable) = match self.build(Some(candidate), target, &[]).await? {
            Outcome::Built { took, executable } => (took, executable),
            Outcome::Broken(texts) => {
                self.discard()?;
                return Ok(Measured::Failed(
                    texts.into_iter().next().unwrap_or_default(),
                ));
            }
        };
        let program = program_size(&executable);
        // The first build after another one may fill caches.
        self.sample(Some(candidate), target, files).await?;
        self.sample(None, TODAY, files).await?;
        let mut pair = Pair::default();
        for round in 1..=rounds {
            self.bar
                .begin(format!("{title}: round {round} of {rounds}"));
            // Each goes first in half of the rounds.
            if round % 2 == 0 {
                pair.changed
                    .push(self.sample(Some(candidate), target, files).await?);
                pair.today.push(self.sample(None, TODAY, files).await?);
            } else {
                pair.today.push(self.sample(None, TODAY, files).await?);
                pair.changed
                    .push(self.sample(Some(candidate), target, files).await?);
            }
        }
        let is_separate = candidate.extent == Extent::All;
        let costs = Costs {
            clean: is_separate.then_some(took),
            target: is_separate.then(|| size(&self.scratch.target(target))),
            program,
        };
        self.discard()?;
        Ok(Measured::Compared(costs, pair))
    }
}

/// Returns the size of a program, in bytes.
pub(super) fn program_size(executable: &std::path::Path) -> u64 {
    fs::metadata(executable).map_or(0, |metadata| metadata.len())
}
