//! A run of cargo.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Context as _;
use tokio::process::Command;
use tokio::time::sleep;

use crate::builder::fast::Transcript;
use crate::builder::message::{CargoMessage, CompiledTarget, ScriptOutput};
use crate::builder::stderr::{Stderr, StderrEvent};
use crate::cargo::{self, Lines};
use crate::diagnostics::{Diagnostic, Diagnostics, Origin};
use crate::inputs::ScriptRun;
use crate::os::exit::ExitStatus;
use crate::os::locks;
use crate::os::process::Process;
use crate::os::reaper::Reaper;
use crate::source::Library;
use crate::state::Progress;
use crate::workspace::{Kind, SideBinary, Workspace};

/// The result of a build.
#[derive(Debug)]
pub(crate) enum Build {
    /// There is a binary, and those that run beside it.
    Good(Artifacts),
    /// There is none. The [`Observer`] has received the reasons. These build scripts have run.
    Failed(Vec<ScriptRun>),
}

/// The binaries that a build made.
#[derive(Clone, Debug)]
pub(crate) struct Artifacts {
    pub(crate) app: Artifact,
    /// Those that run beside the app, by their names.
    pub(crate) sides: BTreeMap<String, Artifact>,
}

/// A binary that a build made.
#[derive(Clone, Debug)]
pub(crate) struct Artifact {
    pub(crate) executable: PathBuf,
    /// A program that behaves like it, and starts in its place because it is not complete yet.
    pub(crate) early: Option<PathBuf>,
    /// The variables that its package's build script has set.
    pub(crate) variables: Vec<(String, OsString)>,
    /// The directories in which build scripts have put shared libraries.
    pub(crate) libraries: Vec<PathBuf>,
    /// The build scripts that have run for it, now or earlier.
    pub(crate) scripts: Vec<ScriptRun>,
    /// The names of the crates whose sources can change.
    pub(crate) crates: BTreeSet<String>,
}

/// Follows a running build.
pub(crate) trait Observer {
    /// The build has come this far.
    fn progress(&self, progress: Progress);
    /// The build has reported these up to now.
    fn diagnostics(&self, diagnostics: &Diagnostics);
}

/// Runs cargo to its end, and keeps its messages in `transcript`. Dropping the future kills cargo and its compilers.
pub(crate) async fn build(
    command: Command,
    workspace: &Workspace,
    reaper: &Reaper,
    observer: &impl Observer,
    mut transcript: Option<&mut Transcript>,
) -> anyhow::Result<Build> {
    let mut cargo = start(command, reaper)?;
    let mut running = RunningBuild::new(workspace, observer);
    let (mut stdout, mut stderr) = match (cargo.stdout(), cargo.stderr()) {
        (Some(stdout), Some(stderr)) => (Lines::new(stdout, b"\n"), Lines::new(stderr, b"\r\n")),
        _ => anyhow::bail!("cargo was started without pipes"),
    };
    let (mut is_stdout_open, mut is_stderr_open) = (true, true);
    while is_stdout_open || is_stderr_open {
        tokio::select! {
            line = stdout.next(), if is_stdout_open => match line.context("cannot read cargo's messages")? {
                Some(line) => {
                    if let Some(transcript) = &mut transcript {
                        transcript.push(line);
                    }
                    running.read_stdout(line);
                }
                None => is_stdout_open = false,
            },
            () = sleep(locks::LOOKUP), if running.is_blocked() => running.look_up_holder(cargo.id()),
            line = stderr.next(), if is_stderr_open => match line.context("cannot read cargo's progress")? {
                Some(line) => running.read_stderr(line),
                None => is_stderr_open = false,
            },
        }
    }
    let status = cargo.wait().await.context("cannot wait for cargo")?;
    Ok(running.finish(status))
}

fn start(mut command: Command, reaper: &Reaper) -> anyhow::Result<Process> {
    command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    Process::spawn(command, reaper).map_err(cargo::unstartable)
}

/// A build under way.
pub(super) struct RunningBuild<'a, L> {
    workspace: &'a Workspace,
    observer: &'a L,
    library: Library,
    diagnostics: Diagnostics,
    progress: Progress,
    stderr: Stderr,
    /// The directories of the packages that have a build script, by the packages' ids.
    scripted: HashMap<String, PathBuf>,
    scripts: Vec<ScriptOutput>,
    crates: BTreeSet<String>,
    /// The target, once it is compiled.
    target: Option<CompiledTarget>,
    /// The binaries that run beside it, by their names, once they are compiled.
    sides: BTreeMap<String, CompiledTarget>,
}

impl<'a, L: Observer> RunningBuild<'a, L> {
    pub(super) fn new(workspace: &'a Workspace, observer: &'a L) -> RunningBuild<'a, L> {
        RunningBuild {
            workspace,
            observer,
            library: workspace.library(),
            diagnostics: Diagnostics::default(),
            progress: Progress::default(),
            stderr: Stderr::default(),
            scripted: HashMap::new(),
            scripts: Vec::new(),
            crates: BTreeSet::new(),
            target: None,
            sides: BTreeMap::new(),
        }
    }

    /// Reads a line of standard output: a JSON message, or text that a compiler wrapper printed in between.
    pub(super) fn read_stdout(&mut self, line: &[u8]) {
        let message = CargoMessage::parse(line);
        if let Some(CargoMessage::Compiled(compiled)) = &message
            && self.workspace.manifests.contains(&compiled.manifest)
        {
            self.crates.insert(compiled.name.replace('-', "_"));
        }
        match message {
            Some(CargoMessage::Diagnostic(diagnostic)) => self.report(diagnostic),
            Some(CargoMessage::Compiled(compiled)) if self.is_target(&compiled) => {
                self.target = Some(compiled);
            }
            Some(CargoMessage::Compiled(compiled)) if self.is_side(&compiled) => {
                self.sides.insert(compiled.name.clone(), compiled);
            }
            Some(CargoMessage::Compiled(compiled)) if compiled.is_script() => {
                let directory = compiled.manifest.parent().unwrap_or(&compiled.manifest);
                let directory = directory.to_owned();
                self.scripted.insert(compiled.package, directory);
            }
            Some(CargoMessage::Script(script)) => self.scripts.push(script),
            Some(CargoMessage::Compiled(_)) | None => {}
        }
    }

    /// Reads a line of standard error: progress, or an error of cargo itself.
    fn read_stderr(&mut self, line: &[u8]) {
        match self.stderr.read(&String::from_utf8_lossy(line)) {
            // A lock is reported with its holder, once that is looked up.
            StderrEvent::Progress if self.stderr.progress().blocked.is_some() => {}
            StderrEvent::Progress => self.report_progress(),
            StderrEvent::Diagnostic(diagnostic) => self.report(diagnostic),
            StderrEvent::Nothing => {}
        }
    }

    fn report_progress(&mut self) {
        let progress = self.stderr.progress();
        if progress != self.progress {
            self.observer.progress(progress.clone());
            self.progress = progress;
        }
    }

    fn is_blocked(&self) -> bool {
        self.stderr.progress().blocked.is_some()
    }

    fn look_up_holder(&mut self, cargo: u32) {
        self.stderr.held_by(locks::describe_holder(cargo));
        self.report_progress();
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        let kept = self.diagnostics.iter().len();
        self.diagnostics.push(diagnostic);
        if self.diagnostics.iter().len() > kept {
            self.diagnostics.snapshot(&self.library);
        }
        self.observer.diagnostics(&self.diagnostics);
    }

    fn is_target(&self, compiled: &CompiledTarget) -> bool {
        compiled.executable.is_some()
            && compiled.package == self.workspace.package
            && compiled.name == self.workspace.target.name
            && compiled.kinds.iter().any(|kind| match self.workspace.kind {
                Kind::Bin => kind == "bin",
                Kind::Example => kind == "example",
            })
    }

    fn is_side(&self, compiled: &CompiledTarget) -> bool {
        let is_bin = compiled.kinds.iter().any(|kind| kind == "bin");
        let mut sides = self.workspace.sides.iter();
        compiled.executable.is_some()
            && is_bin
            && sides.any(|side| side.name == compiled.name && side.manifest == compiled.manifest)
    }

    /// Returns the artifacts, or `None` if one is missing.
    fn artifacts(&self) -> Option<Artifacts> {
        let artifact = |side: &SideBinary| {
            let compiled = self.sides.get(&side.name)?;
            Some((side.name.clone(), self.artifact(compiled)?))
        };
        Some(Artifacts {
            app: self.artifact(self.target.as_ref()?)?,
            sides: self
                .workspace
                .sides
                .iter()
                .map(artifact)
                .collect::<Option<_>>()?,
        })
    }

    /// Returns an artifact, with the settings of the build scripts. Cargo reports scripts before the targets that need them.
    fn artifact(&self, compiled: &CompiledTarget) -> Option<Artifact> {
        let target_dir = &self.workspace.target.recipe.target_dir;
        let is_own = |script: &&ScriptOutput| script.package == compiled.package;
        let variables = |script: &ScriptOutput| {
            let out_dir = ("OUT_DIR".to_owned(), script.out_dir.clone().into());
            let env = script.env.iter();
            let env = env.map(|(name, value)| (name.clone(), value.into()));
            env.chain([out_dir]).collect::<Vec<_>>()
        };
        let libraries = |script: &ScriptOutput| {
            let found = script.libraries();
            // As cargo does: only directories of this build. The system knows where its own libraries are.
            found
                .filter(|found| found.starts_with(target_dir) || found.starts_with(&script.out_dir))
                .collect::<Vec<_>>()
        };
        Some(Artifact {
            executable: compiled.executable.clone()?,
            early: None,
            variables: self
                .scripts
                .iter()
                .filter(is_own)
                .flat_map(variables)
                .collect(),
            libraries: self.scripts.iter().flat_map(libraries).collect(),
            scripts: self.runs(),
            crates: self.crates.clone(),
        })
    }

    /// Returns the runs of build scripts, now or earlier.
    fn runs(&self) -> Vec<ScriptRun> {
        let run = |script: &ScriptOutput| {
            Some(ScriptRun {
                package: self.scripted.get(&script.package)?.clone(),
                out_dir: script.out_dir.clone(),
            })
        };
        self.scripts.iter().filter_map(run).collect()
    }

    /// Ends the build with the exit status of cargo, or the one that it would have.
    pub(super) fn finish(mut self, status: ExitStatus) -> Build {
        if let Some(last) = self.stderr.end() {
            self.report(last);
        }
        match self.artifacts() {
            Some(artifacts) if status == ExitStatus::Code(0) => return Build::Good(artifacts),
            _ if self.diagnostics.errors() > 0 => {}
            Some(_) | None => {
                let mut text = format!(
                    "cargo exited with {status} and did not build `{}`",
                    self.workspace.target.name
                );
                text.push_str(&self.stderr.last_words());
                if let Some(reason) = status.lacked_terminal() {
                    text.push('\n');
                    text.push_str(reason);
                }
                self.report(Diagnostic::error(Origin::Cargo, &text));
            }
        }
        Build::Failed(self.runs())
    }
}
