//! The command, from its first signal handler to its exit code.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::Value;
use tokio::task::spawn_blocking;

use crate::cli::Tune;
use crate::dev::Signals;
use crate::os::reaper::Reaper;
use crate::tune::finding;
use crate::tune::measurement::{Measurement, measure};
use crate::tune::offer::{self, FileChange};
use crate::tune::progress::Bar;
use crate::tune::record::Record;
use crate::tune::report::Report;
use crate::workspace::{Manifests, Unloadable, Workspace};

/// Runs `cargo gin tune`.
pub(crate) fn run(options: &Tune) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let reaper = Reaper::start()?;
    let code = runtime.block_on(async {
        let mut signals = Signals::listen().context("cannot listen for signals")?;
        tokio::select! {
            quit = signals.quit() => Ok(quit.code()),
            code = tune(options, &reaper) => code,
        }
    });
    // A question without a reply still waits for input.
    runtime.shutdown_background();
    reaper.finish();
    code
}

async fn tune(options: &Tune, reaper: &Reaper) -> anyhow::Result<ExitCode> {
    let manifests = Manifests::read(&options.selection, reaper, drop)
        .await
        .map_err(Unloadable::into_error)?;
    let workspace = manifests.choose(&options.selection, &[])?;
    let workspace = workspace.built_with(&options.build);
    let workspace = workspace
        .on_platform(&options.selection, &options.build, reaper)
        .await;
    let root = workspace.target.root.clone();
    if options.outcome.undo {
        return undo(&root);
    }
    let bar = Bar::new();
    let measured = measure(options, &workspace, reaper, &bar).await;
    bar.finish();
    let results = match measured? {
        Measurement::Done(results) => results,
        Measurement::Broken(diagnostics) => return broken(&diagnostics),
    };
    let best = finding::best(&results.findings);
    let choice = finding::choice(&best, &results.again);
    let files = match choice {
        Some(choice) => offer::files(&root, &choice.candidate.changes)?,
        None => Vec::new(),
    };
    let report = Report {
        root: &root,
        results: &results,
        choice,
        files: &files,
    };
    if options.outcome.json {
        let mut json = report.json();
        let is_applied = options.outcome.apply && !files.is_empty();
        if is_applied {
            Record::open(&root)?.apply(files.clone())?;
        }
        json["applied"] = Value::Bool(is_applied);
        print(&format!("{json}\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    print(&report.text())?;
    offer(options, &workspace, files).await?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the changes, if the user agrees.
async fn offer(
    options: &Tune,
    workspace: &Workspace,
    files: Vec<FileChange>,
) -> anyhow::Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let is_attended = io::stdin().is_terminal() && io::stdout().is_terminal();
    if !options.outcome.apply && !is_attended {
        return print("\nto write the changes without a question: cargo gin tune --apply\n");
    }
    if !options.outcome.apply && !is_agreed().await? {
        return print("nothing was changed\n");
    }
    Record::open(&workspace.target.root)?.apply(files)?;
    print(
        "\nthe changes are written; `cargo gin tune --undo` takes them back. The next build compiles what they affect\n",
    )
}

/// Waits for the user's decision.
async fn is_agreed() -> anyhow::Result<bool> {
    print("\nwrite these changes? [y/N] ")?;
    let line = spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line)
    });
    let line = line.await?.context("cannot read the answer")?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

fn undo(root: &Path) -> anyhow::Result<ExitCode> {
    let mut record = Record::open(root)?;
    match record.undo() {
        Ok(files) => {
            for file in &files {
                print(&file.diff(root))?;
            }
            print("the changes are taken back\n")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            for file in record.last() {
                print(&file.diff(root))?;
            }
            Err(error)
        }
    }
}

fn broken(diagnostics: &[String]) -> anyhow::Result<ExitCode> {
    let mut stderr = io::stderr().lock();
    for text in diagnostics {
        writeln!(stderr, "{text}").context("cannot write")?;
    }
    writeln!(
        stderr,
        "the project does not build, so that nothing can be measured; it was built from a copy without .git, from scratch"
    )
    .context("cannot write")?;
    Ok(ExitCode::FAILURE)
}

fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .context("cannot write")
}
