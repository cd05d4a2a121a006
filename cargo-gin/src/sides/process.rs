//! A running process beside the app.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::process;
use tokio::sync::watch;

use crate::cargo;
use crate::os::orphans;
use crate::os::process::{Extent, Process};
use crate::os::reaper::Reaper;
use crate::os::shim;
use crate::runner::{AwaitedText, Door, OutputReaders, ProcessStreams, Program, accepting};
use crate::sides::plan::{Command, Plan, Readiness};
use crate::sides::supervisor::Channels;
use crate::source::Sources;
use crate::state::{Exit, Life, Reachable, Start, Writer};

/// A running process. Dropping it ends the process and everything it started.
#[derive(Debug)]
pub(super) struct SideProcess {
    process: Process,
    since: Instant,
    port: u16,
    output: OutputReaders,
    /// The sign that it is ready, if that is a text.
    awaited: Option<AwaitedText>,
    /// Dropped when the process has exited.
    life_tx: Option<watch::Sender<()>>,
    life: Life,
}

impl SideProcess {
    /// Starts the process: `program`, if it is a binary of the workspace. Its output goes to the terminal.
    pub(super) fn start(
        plan: &Plan,
        program: Option<&Program>,
        reaper: &Reaper,
        channels: &Channels,
    ) -> anyhow::Result<SideProcess> {
        let port = channels.addresses.port(&plan.name)?;
        let mut command = command(plan, program, port)?;
        command.envs(channels.addresses.variables());
        command.envs(&plan.environment);
        reaper.mark(&mut command);
        let streams = ProcessStreams::attach(&mut command);
        let runner = program.and_then(|program| program.runner.as_ref());
        let extent = runner.map_or(Extent::Leader, |_| Extent::Group);
        let mut process = Process::spawn_with_input(command, reaper)
            .map(|process| process.with_extent(extent))
            .with_context(|| format!("cannot start it in {}", plan.directory.display()))?;
        let writer = Writer::Side(Arc::clone(&plan.name));
        let awaited = match &plan.ready {
            Readiness::Line(text) => Some(AwaitedText::new(text)),
            Readiness::Started | Readiness::Port => None,
        };
        let output = OutputReaders::start_awaiting(
            streams.readers(&mut process),
            &writer,
            &channels.output_tx,
            awaited.as_ref(),
        );
        let (life_tx, life) = Life::begin();
        Ok(SideProcess {
            process,
            since: Instant::now(),
            port,
            output,
            awaited,
            life_tx: Some(life_tx),
            life,
        })
    }

    /// Waits until the process is ready, or returns the exit of one that exited before. `on_output` is called after each output
    /// meanwhile.
    pub(super) async fn ready(
        &mut self,
        plan: &Plan,
        mut on_output: impl FnMut(Start),
    ) -> anyhow::Result<Result<Reachable, Exit>> {
        let (mut written_rx, start) = (self.output.tail(), self.starting());
        let report = async {
            while written_rx.changed().await.is_ok() {
                let tail = written_rx.borrow_and_update().clone();
                on_output(Start {
                    tail,
                    ..start.clone()
                });
            }
            std::future::pending::<Infallible>().await
        };
        let (group, port) = (self.process.id(), self.port);
        let awaited = self.awaited.clone();
        let ready = async {
            if let Some(awaited) = awaited {
                awaited.written().await;
            }
            if plan.ready == Readiness::Port || !plan.routes.is_empty() {
                let never = std::future::pending();
                return accepting(group, port, Door::OpenedByApp, never, |_| {}).await;
            }
            SocketAddr::from((Ipv4Addr::LOCALHOST, port))
        };
        tokio::select! {
            address = ready => Ok(Ok(Reachable {
                address,
                directory: plan.directory.clone(),
                output: self.output.tail(),
                life: self.life.clone(),
            })),
            exit = self.exited(&plan.directory) => exit.map(Err),
            never = report => match never {},
        }
    }

    /// Returns the state of the process before it is ready.
    pub(super) fn starting(&self) -> Start {
        Start {
            since: self.since,
            port: self.port,
            is_open: false,
            opened: Vec::new(),
            tail: self.output.tail().borrow().clone(),
        }
    }

    /// Waits until the process exits by itself.
    pub(super) async fn exited(&mut self, directory: &Path) -> anyhow::Result<Exit> {
        let status = self.process.wait().await;
        self.life_tx = None;
        let uptime = self.since.elapsed();
        self.output.end().await;
        Ok(Exit {
            status: status.context("cannot wait for it")?,
            uptime,
            port: self.port,
            directory: directory.to_owned(),
            tail: self.output.tail().borrow().clone(),
            in_flight: Vec::new(),
            sources: Sources::default(),
        })
    }

    /// Stops the process: SIGTERM, then SIGKILL after `grace`. Waits until it is gone.
    pub(super) async fn stop(&mut self, grace: Duration) -> anyhow::Result<()> {
        self.process.stop(grace).await.context("cannot stop it")?;
        self.output.end().await;
        Ok(())
    }
}

fn command(plan: &Plan, program: Option<&Program>, port: u16) -> anyhow::Result<process::Command> {
    let mut command = match (&plan.command, program) {
        (Command::Binary { args, .. }, Some(program)) => {
            let (path, args) = program.command_line(args);
            let mut command = shim::command(path, &args)?;
            program.environment.give(&mut command);
            command
        }
        (Command::Binary { name, .. }, None) => bail!("`{name}` is not built yet"),
        (Command::Line(line), _) => {
            let (program, args) = line.with_port(port);
            let args: Vec<_> = args.iter().map(Into::into).collect();
            let mut command = shim::command(Path::new(program), &args)?;
            cargo::scrub(&mut command);
            command
        }
    };
    command
        .env_remove("GIN_DEV")
        .env("PORT", port.to_string())
        .env("HOST", "127.0.0.1")
        .env(orphans::SIDE, &*plan.name)
        .current_dir(&plan.directory);
    Ok(command)
}
