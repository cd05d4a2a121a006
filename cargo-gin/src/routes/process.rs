//! The app's process, started to describe the app.

use std::cell::RefCell;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::process::Command;
use tokio::time::timeout;

use crate::builder::{self, Build, Observer, Subcommand};
use crate::cli::{BuildOptions, LaunchOptions, Selection};
use crate::dev;
use crate::diagnostics::Diagnostics;
use crate::os::process::Process;
use crate::os::reaper::Reaper;
use crate::routes::Description;
use crate::runner::Program;
use crate::sides::Addresses;
use crate::state::Progress;
use crate::workspace::{Manifests, Unloadable, Workspace};

/// The variable with the file that the app writes to.
const VARIABLE: &str = "GIN_DESCRIBE";

/// The longest that an app may take until it would serve.
const PATIENCE: Duration = Duration::from_secs(60);

/// Builds and starts the app. Returns its description, or `None` if the build failed, with its diagnostics on standard error.
pub(crate) fn describe(
    selection: &Selection,
    options: &BuildOptions,
    launch: &LaunchOptions,
) -> anyhow::Result<Option<Description>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let reaper = Reaper::start()?;
    let description = runtime.block_on(described(selection, options, launch, &reaper));
    reaper.finish();
    description
}

async fn described(
    selection: &Selection,
    options: &BuildOptions,
    launch: &LaunchOptions,
    reaper: &Reaper,
) -> anyhow::Result<Option<Description>> {
    let manifests = Manifests::read(selection, reaper, drop)
        .await
        .map_err(Unloadable::into_error)?;
    let workspace = manifests.choose(selection, &[])?.built_with(options);
    let workspace = workspace.on_platform(selection, options, reaper).await;
    let workspace = workspace.with_env_files(&launch.files)?;
    if !workspace.target.reports {
        bail!(
            "package `{}` does not depend on gin-core, and only an app on gin-core can list its routes",
            workspace.target.package
        );
    }
    let command = builder::command(Subcommand::Build, &workspace, selection, options)?;
    let printer = Printer::default();
    match builder::build(command, &workspace, reaper, &printer, None).await? {
        Build::Good(built) => {
            let program = dev::program(
                &workspace,
                &built.app,
                &selection.config,
                &Addresses::default(),
            )?;
            let directory = dev::directory(launch)?;
            run(&workspace, &program, &directory, reaper)
                .await
                .map(Some)
        }
        Build::Failed(_) => {
            printer.print()?;
            Ok(None)
        }
    }
}

async fn run(
    workspace: &Workspace,
    program: &Program,
    directory: &Path,
    reaper: &Reaper,
) -> anyhow::Result<Description> {
    let temporary = tempfile::tempdir().context("cannot create a temporary directory")?;
    let file = temporary.path().join("description.json");
    let (path, args) = program.command_line(&[]);
    let mut command = Command::new(path);
    command.args(args).current_dir(directory);
    program.environment.give(&mut command);
    // Our own standard output is for the routes alone.
    command
        .env(VARIABLE, &file)
        .stdout(Stdio::from(std::io::stderr()));
    let mut process = Process::spawn(command, reaper)
        .with_context(|| format!("cannot start {}", path.display()))?;
    let exit = timeout(PATIENCE, process.wait()).await;
    let text = fs::read_to_string(&file).unwrap_or_default();
    if let Some(description) = Description::parse(&text)? {
        return Ok(description);
    }
    let name = &workspace.target.name;
    match exit {
        Ok(status) => bail!(
            "`{name}` exited with {} before it ran a `Server`, an `Engine` or a `Group`, so its routes are not known",
            status.context("cannot wait for the app")?
        ),
        Err(_) => bail!(
            "`{name}` did not run a `Server`, an `Engine` or a `Group` of a gin-core of this version within {} seconds, so its routes are not known",
            PATIENCE.as_secs()
        ),
    }
}

/// The diagnostics of a build, to be printed if it fails.
#[derive(Default)]
struct Printer(RefCell<Vec<String>>);

impl Observer for Printer {
    fn progress(&self, _: Progress) {}

    fn diagnostics(&self, diagnostics: &Diagnostics) {
        let texts = diagnostics.iter().map(|diagnostic| {
            let message = &diagnostic.message;
            message
                .rendered
                .as_ref()
                .unwrap_or(&message.message)
                .clone()
        });
        *self.0.borrow_mut() = texts.collect();
    }
}

impl Printer {
    fn print(&self) -> anyhow::Result<()> {
        let mut stderr = std::io::stderr().lock();
        for text in self.0.borrow().iter() {
            writeln!(stderr, "{}", text.trim_end()).context("cannot write")?;
        }
        Ok(())
    }
}
