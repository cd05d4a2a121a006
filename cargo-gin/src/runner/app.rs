//! A running app.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::process::Command;
use tokio::sync::{mpsc, watch};

use crate::os::notify::Notifications;
use crate::os::process::{Extent, Process, Stopped};
use crate::os::reaper::Reaper;
use crate::os::{ports, shim};
use crate::runner::executable::Executable;
use crate::runner::output::OutputReaders;
use crate::runner::program::Program;
use crate::runner::readiness::{self, Door, Opened};
use crate::runner::stdio::ProcessStreams;
use crate::source::Sources;
use crate::state::{Chunk, Exit, Life, Reachable, Start, Writer};
use crate::workspace::Framework;

/// Everything that an app is started with. Two equal launches of the same bytes are the same app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Launch {
    pub(crate) program: Program,
    pub(crate) args: Vec<String>,
    /// The directory that it runs in.
    pub(crate) directory: PathBuf,
    /// The frameworks that read variables of their own.
    pub(crate) frameworks: Vec<Framework>,
    pub(crate) socket: Socket,
    /// The token of requests for reports, if the app makes any.
    pub(crate) report: Option<String>,
}

/// The way in which an app gets its socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Socket {
    /// The app takes an open socket from `LISTEN_FDS`.
    Passed(Port),
    /// The app opens the port in `PORT`.
    OpenedByApp(Port),
}

impl Socket {
    /// Returns the same port, for an app that opens it.
    pub(crate) fn opened_by_app(self) -> Socket {
        let (Socket::Passed(port) | Socket::OpenedByApp(port)) = self;
        Socket::OpenedByApp(port)
    }
}

/// The port of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    /// A free one at each start.
    Any,
    /// Always this one.
    Fixed(u16),
}

/// A running app. Dropping it ends the process and everything it started.
#[derive(Debug)]
pub(crate) struct App {
    process: Process,
    executable: Executable,
    since: Instant,
    port: u16,
    door: Door,
    directory: PathBuf,
    notifications: Notifications,
    /// `true` once it was sent SIGTERM.
    is_stopping: bool,
    output: OutputReaders,
    /// Dropped when the process has exited.
    life_tx: Option<watch::Sender<()>>,
    life: Life,
}

impl App {
    /// Starts the app. Its output goes to `output_tx`.
    pub(crate) fn start(
        launch: &Launch,
        reaper: &Reaper,
        output_tx: &mpsc::Sender<Chunk>,
    ) -> anyhow::Result<App> {
        let executable = Executable::open(&launch.program.executable)?;
        let (port, listener) = reserve(launch.socket)?;
        let door = match listener {
            Some(_) => Door::Passed,
            None => Door::OpenedByApp,
        };
        let mut command = command(launch, port)?;
        reaper.mark(&mut command);
        let notifications = Notifications::attach(&mut command);
        if let Some(listener) = listener {
            shim::pass(&mut command, listener)?;
        }
        let streams = ProcessStreams::attach(&mut command);
        let extent = match launch.program.runner {
            Some(_) => Extent::Group,
            None => Extent::Leader,
        };
        let mut process = Process::spawn(command, reaper)
            .map(|process| process.with_extent(extent))
            .with_context(|| format!("cannot start {}", launch.program.executable.display()))?;
        let output = OutputReaders::start(streams.readers(&mut process), &Writer::App, output_tx);
        let (life_tx, life) = Life::begin();
        Ok(App {
            process,
            executable,
            since: Instant::now(),
            port,
            door,
            directory: launch.directory.clone(),
            notifications,
            is_stopping: false,
            output,
            life_tx: Some(life_tx),
            life,
        })
    }

    /// Waits until the app accepts connections, or returns the exit of an app that exited before. `on_wait` is called every second
    /// meanwhile.
    pub(crate) async fn ready(
        &mut self,
        mut on_wait: impl FnMut(Start),
    ) -> anyhow::Result<Result<Reachable, Exit>> {
        let start = self.starting();
        let tail = self.output.tail();
        let report = |opened: Opened| {
            on_wait(Start {
                is_open: opened.has_own,
                opened: opened.others,
                tail: tail.borrow().clone(),
                ..start.clone()
            });
        };
        let notified = self.notifications.ready();
        let (group, port, door) = (self.process.id(), self.port, self.door);
        tokio::select! {
            address = readiness::accepting(group, port, door, notified, report) => {
                Ok(Ok(self.reachable(address)))
            }
            exit = self.exited() => exit.map(Err),
        }
    }

    fn reachable(&self, address: SocketAddr) -> Reachable {
        Reachable {
            address,
            directory: self.directory.clone(),
            output: self.output.tail(),
            life: self.life.clone(),
        }
    }

    /// Returns the state of the app before it accepts connections.
    pub(crate) fn starting(&self) -> Start {
        Start {
            since: self.since,
            port: self.port,
            is_open: self.door == Door::Passed,
            opened: Vec::new(),
            tail: self.output.tail().borrow().clone(),
        }
    }

    /// Returns the port that the app should open.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Waits until the app exits by itself.
    pub(crate) async fn exited(&mut self) -> anyhow::Result<Exit> {
        let status = self
            .process
            .wait()
            .await
            .context("cannot wait for the app")?;
        self.life_tx = None;
        let uptime = self.since.elapsed();
        // Its pipes are closed now, unless a daemon holds them, so all output can be read.
        self.output.end().await;
        Ok(Exit {
            status,
            uptime,
            port: self.port,
            directory: self.directory.clone(),
            tail: self.output.tail().borrow().clone(),
            in_flight: Vec::new(),
            sources: Sources::default(),
        })
    }

    /// Stops the app: SIGTERM, then SIGKILL after `grace`. Waits until it is gone, and returns which of the two it took.
    pub(crate) async fn stop(&mut self, grace: Duration) -> anyhow::Result<Stopped> {
        self.is_stopping = true;
        let stopped = self.process.stop(grace).await;
        let stopped = stopped.context("cannot stop the app")?;
        self.output.end().await;
        Ok(stopped)
    }

    /// Returns `true` if the app runs, is not stopping, and was started from the same bytes as `executable`.
    pub(crate) async fn runs(&mut self, executable: &Path) -> bool {
        if self.is_stopping || !self.process.is_running() {
            return false;
        }
        self.executable.equals(executable).await && self.process.is_running()
    }
}

fn command(launch: &Launch, port: u16) -> anyhow::Result<Command> {
    let (program, args) = launch.program.command_line(&launch.args);
    let mut command = shim::named_command(launch.program.name(), program, &args)?;
    let environment = &launch.program.environment;
    environment.give(&mut command);
    command
        .current_dir(&launch.directory)
        .env("PORT", port.to_string())
        .env("GIN_DEV", "1");
    for framework in &launch.frameworks {
        let (name, value) = framework.port_variable(environment.host(), port);
        command.env(name, value);
    }
    match &launch.report {
        Some(token) => command.env("GIN_REPORT", token),
        None => command.env_remove("GIN_REPORT"),
    };
    Ok(command)
}

/// Picks the port. A socket to be passed stays open. A port that the app opens itself is only checked to be free.
fn reserve(socket: Socket) -> anyhow::Result<(u16, Option<TcpListener>)> {
    let (Socket::Passed(port) | Socket::OpenedByApp(port)) = socket;
    let listener = match port {
        Port::Any => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("there is no free port"),
        // Another program that listens there would be taken for the app.
        Port::Fixed(port) => TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
            let holder = ports::describe_holder(port);
            format!("the app cannot use port {port}: {holder}; stop it, or choose another port with --app-port")
        }),
    }?;
    let port = listener
        .local_addr()
        .context("cannot find the app's port")?
        .port();
    Ok(match socket {
        Socket::Passed(_) => (port, Some(listener)),
        Socket::OpenedByApp(_) => (port, None),
    })
}
