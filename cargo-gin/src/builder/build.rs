//! A run of cargo.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use tokio::process::Command;
use tokio::time::sleep;

use crate::builder::lines::Lines;
use crate::builder::message::{self, Line, Script};
use crate::builder::stderr::{Report, Stderr};
use crate::cargo;
use crate::cli::{BuildOptions, Selection};
use crate::diagnostics::{Diagnostic, Diagnostics, Origin};
use crate::os::exit::ExitStatus;
use crate::os::locks;
use crate::os::process::Process;
use crate::os::reaper::Reaper;
use crate::source::Library;
use crate::state::Progress;
use crate::workspace::{Kind, Workspace};

/// How a build ended.
#[derive(Debug)]
pub(crate) enum Build {
    /// With a binary.
    Good(Artifact),
    /// Without one: its diagnostics say why.
    Failed,
}

/// The binary that a build made.
#[derive(Clone, Debug)]
pub(crate) struct Artifact {
    /// Its file.
    pub(crate) executable: PathBuf,
    /// What its package's build script has set for it.
    pub(crate) variables: Vec<(String, OsString)>,
    /// Where build scripts have put libraries.
    pub(crate) libraries: Vec<PathBuf>,
}

/// The command that builds the workspace's target.
pub(crate) fn command(
    workspace: &Workspace,
    selection: &Selection,
    options: &BuildOptions,
) -> anyhow::Result<Command> {
    let mut command = cargo::command();
    command.args([
        "build",
        "--message-format=json-diagnostic-rendered-ansi",
        "--color=never",
        "--config=term.progress.when='always'",
        "--config=term.progress.width=200",
    ]);
    if let Some(manifest) = &selection.manifest_path {
        command.arg("--manifest-path").arg(manifest);
    }
    command.args(["--package", &workspace.target.package]);
    command.args([
        match workspace.kind {
            Kind::Bin => "--bin",
            Kind::Example => "--example",
        },
        &workspace.target.name,
    ]);
    command.args(cargo::resolution(selection));
    if options.release {
        command.arg("--release");
    }
    if let Some(profile) = &options.profile {
        command.args(["--profile", profile]);
    }
    if let Some(target) = &options.target {
        command.args(["--target", target]);
    }
    if let Some(dir) = &options.target_dir {
        command.arg("--target-dir").arg(dir);
    }
    if let Some(args) = &options.build_args {
        command.args(
            shell_words::split(args)
                .with_context(|| format!("cannot split --build-args {args:?}"))?,
        );
    }
    Ok(command)
}

/// How often to look who holds what cargo waits for. There is no event for it.
const LOOK: Duration = Duration::from_millis(250);

/// Follows a running build.
pub(crate) trait Observer {
    /// The build has come this far.
    fn progress(&self, progress: Progress);
    /// The build has reported these up to now.
    fn diagnostics(&self, diagnostics: &Diagnostics);
}

/// Runs cargo to its end. Dropping the future kills cargo and its compilers.
pub(crate) async fn build(
    command: Command,
    workspace: &Workspace,
    reaper: &Reaper,
    observer: &impl Observer,
) -> anyhow::Result<Build> {
    let mut cargo = start(command, reaper)?;
    let mut run = Run::new(workspace, observer);
    let (mut stdout, mut stderr) = match (cargo.stdout(), cargo.stderr()) {
        (Some(stdout), Some(stderr)) => (Lines::new(stdout, b"\n"), Lines::new(stderr, b"\r\n")),
        _ => anyhow::bail!("cargo was started without pipes"),
    };
    let (mut is_speaking, mut is_chatting) = (true, true);
    while is_speaking || is_chatting {
        tokio::select! {
            line = stdout.next(), if is_speaking => match line.context("cannot read cargo's messages")? {
                Some(line) => run.hear(line),
                None => is_speaking = false,
            },
            () = sleep(LOOK), if run.is_blocked() => run.look_who_blocks(cargo.id()),
            line = stderr.next(), if is_chatting => match line.context("cannot read cargo's progress")? {
                Some(line) => run.overhear(line),
                None => is_chatting = false,
            },
        }
    }
    let status = cargo.wait().await.context("cannot wait for cargo")?;
    Ok(run.end(status))
}

fn start(mut command: Command, reaper: &Reaper) -> anyhow::Result<Process> {
    command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    Process::spawn(command, reaper).map_err(cargo::missing)
}

/// A build under way.
struct Run<'a, L> {
    workspace: &'a Workspace,
    observer: &'a L,
    library: Library,
    diagnostics: Diagnostics,
    progress: Progress,
    stderr: Stderr,
    scripts: Vec<Script>,
    artifact: Option<message::Artifact>,
}

impl<'a, L: Observer> Run<'a, L> {
    fn new(workspace: &'a Workspace, observer: &'a L) -> Run<'a, L> {
        Run {
            workspace,
            observer,
            library: workspace.library(),
            diagnostics: Diagnostics::default(),
            progress: Progress::default(),
            stderr: Stderr::default(),
            scripts: Vec::new(),
            artifact: None,
        }
    }

    /// Takes in a line of standard output: cargo's JSON, or what a build plan or wrapper printed between.
    fn hear(&mut self, line: &[u8]) {
        match message::parse(line) {
            Some(Line::Diagnostic(diagnostic)) => self.say(diagnostic),
            Some(Line::Artifact(artifact)) if self.is_target(&artifact) => {
                self.artifact = Some(artifact);
            }
            Some(Line::Script(script)) => self.scripts.push(script),
            Some(Line::Artifact(_)) | None => {}
        }
    }

    /// Takes in a line of standard error: progress, and what cargo itself has to complain about.
    fn overhear(&mut self, line: &[u8]) {
        match self.stderr.read(&String::from_utf8_lossy(line)) {
            Report::Progress => self.come_along(),
            Report::Diagnostic(diagnostic) => self.say(diagnostic),
            Report::Nothing => {}
        }
    }

    fn come_along(&mut self) {
        let progress = self.stderr.progress();
        if progress != self.progress {
            self.observer.progress(progress.clone());
            self.progress = progress;
        }
    }

    fn is_blocked(&self) -> bool {
        self.progress.blocked.is_some()
    }

    fn look_who_blocks(&mut self, cargo: u32) {
        self.stderr.held_by(locks::said_holder(cargo));
        self.come_along();
    }

    fn say(&mut self, diagnostic: Diagnostic) {
        let kept = self.diagnostics.iter().len();
        self.diagnostics.push(diagnostic);
        if self.diagnostics.iter().len() > kept {
            self.diagnostics.snapshot(&self.library);
        }
        self.observer.diagnostics(&self.diagnostics);
    }

    fn is_target(&self, artifact: &message::Artifact) -> bool {
        artifact.executable.is_some()
            && artifact.name == self.workspace.target.name
            && artifact.kinds.iter().any(|kind| match self.workspace.kind {
                Kind::Bin => kind == "bin",
                Kind::Example => kind == "example",
            })
    }

    /// The artifact, and what the build scripts want for it. They are told before the crates that they belong to.
    fn made(&self) -> Option<Artifact> {
        let artifact = self.artifact.as_ref()?;
        let folder = &self.workspace.target.recipe.folder;
        let is_own = |script: &&Script| script.package == artifact.package;
        let variables = |script: &Script| {
            let out_dir = ("OUT_DIR".to_owned(), script.out_dir.clone().into());
            let env = script.env.iter();
            let env = env.map(|(name, value)| (name.clone(), value.into()));
            env.chain([out_dir]).collect::<Vec<_>>()
        };
        let libraries = |script: &Script| {
            let found = script.libraries();
            // Those that cargo did not have made are the system's to know.
            found
                .filter(|found| found.starts_with(folder) || found.starts_with(&script.out_dir))
                .collect::<Vec<_>>()
        };
        Some(Artifact {
            executable: artifact.executable.clone()?,
            variables: self
                .scripts
                .iter()
                .filter(is_own)
                .flat_map(variables)
                .collect(),
            libraries: self.scripts.iter().flat_map(libraries).collect(),
        })
    }

    fn end(mut self, status: ExitStatus) -> Build {
        if let Some(last) = self.stderr.end() {
            self.say(last);
        }
        match self.made() {
            Some(artifact) if status == ExitStatus::Code(0) => return Build::Good(artifact),
            _ if self.diagnostics.errors() > 0 => {}
            Some(_) | None => {
                let text = format!(
                    "cargo ended with {status} and made no `{}`",
                    self.workspace.target.name
                );
                self.say(Diagnostic::cargo(Origin::Cargo, &text));
            }
        }
        Build::Failed
    }
}
