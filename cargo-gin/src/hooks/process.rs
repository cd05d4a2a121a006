//! A running hook.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::process::Command;
use tokio::sync::mpsc;

use crate::cargo::{self, Environment};
use crate::diagnostics::Diagnostic;
use crate::hooks::messages::Messages;
use crate::hooks::plan::{Hook, When};
use crate::os::exit::ExitStatus;
use crate::os::orphans;
use crate::os::process::Process;
use crate::os::reaper::Reaper;
use crate::os::shim;
use crate::runner::{OutputReaders, ProcessStreams};
use crate::state::{Chunk, Tail, Writer};

/// A hook that is about to run.
#[derive(Debug)]
pub(crate) struct Run {
    when: When,
    /// The command, as messages name it.
    text: String,
    command: Command,
}

/// The connections of hooks to the rest of the dev server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outlets<'a> {
    pub(crate) reaper: &'a Reaper,
    pub(crate) output_tx: &'a mpsc::Sender<Chunk>,
}

/// The failure of a hook.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// A sentence with the command and its exit status.
    pub(crate) headline: String,
    /// The last output.
    pub(crate) tail: Tail,
}

impl Run {
    /// Returns the run of a hook before the app starts. `environment` has the app's variables, if they are known.
    pub(crate) fn before(hook: &Hook, environment: Option<&Environment>) -> anyhow::Result<Run> {
        Run::of(hook, environment, 0)
    }

    /// Returns the run of a hook beside the app, whose address it gets as `PORT` and `HOST`.
    pub(crate) fn beside(
        hook: &Hook,
        environment: &Environment,
        app: SocketAddr,
    ) -> anyhow::Result<Run> {
        let mut run = Run::of(hook, Some(environment), app.port())?;
        (run.command)
            .env("PORT", app.port().to_string())
            .env("HOST", app.ip().to_string());
        Ok(run)
    }

    /// Returns the run of a cargo command of our own.
    pub(crate) fn of_cargo(when: When, text: &str, command: Command) -> Run {
        Run {
            when,
            text: text.to_owned(),
            command,
        }
    }

    fn of(hook: &Hook, environment: Option<&Environment>, port: u16) -> anyhow::Result<Run> {
        let (program, args) = hook.line.with_port(port);
        let args: Vec<OsString> = args.into_iter().map(OsString::from).collect();
        let mut command = shim::command(Path::new(program), &args)?;
        match environment {
            Some(environment) => environment.give(&mut command),
            None => cargo::scrub(&mut command),
        }
        command.env_remove("GIN_DEV").current_dir(&hook.directory);
        Ok(Run {
            when: hook.when,
            text: hook.text.clone(),
            command,
        })
    }

    /// Runs the hook to its end. Its output is passed on, except for cargo's messages: their diagnostics go to `on_diagnostic`.
    /// Dropping the future ends it and everything it started.
    pub(crate) async fn finish(
        mut self,
        outlets: Outlets<'_>,
        mut on_diagnostic: impl FnMut(Diagnostic),
    ) -> anyhow::Result<Result<(), Failure>> {
        let name = self.when.name();
        self.command
            // What leaves its process group is found by this.
            .env(orphans::SIDE, name)
            // A progress bar is drawn for a terminal of its own.
            .env("CARGO_TERM_PROGRESS_WHEN", "never");
        outlets.reaper.mark(&mut self.command);
        let streams = ProcessStreams::attach(&mut self.command);
        let mut process = Process::spawn(self.command, outlets.reaper)
            .with_context(|| format!("cannot start `{}` ({name})", self.text))?;
        let (chunk_tx, mut chunk_rx) = mpsc::channel::<Chunk>(16);
        let writer = Writer::Hook(Arc::from(name));
        let mut output = OutputReaders::start(streams.readers(&mut process), &writer, &chunk_tx);
        drop(chunk_tx);
        let tail = output.tail();
        let mut messages = Messages::default();
        let pass = async {
            while let Some(chunk) = chunk_rx.recv().await {
                if let Some(rest) = messages.take(chunk, &mut on_diagnostic) {
                    // An error means that the terminal is gone while we end.
                    let _ = outlets.output_tx.send(rest).await;
                }
            }
        };
        let exit = async {
            let status = process.wait().await;
            output.end().await;
            drop(output);
            status
        };
        let (status, ()) = tokio::join!(exit, pass);
        let status = status.with_context(|| format!("cannot wait for `{}`", self.text))?;
        if status == ExitStatus::Code(0) {
            return Ok(Ok(()));
        }
        let mut headline = format!("`{}` ({name}) failed: {status}", self.text);
        if let Some(reason) = status.lacked_terminal() {
            headline.push_str(". ");
            headline.push_str(reason);
        }
        let tail = tail.borrow().clone();
        Ok(Err(Failure { headline, tail }))
    }
}
