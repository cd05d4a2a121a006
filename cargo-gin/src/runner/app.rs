//! A running app.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::cargo::Environment;
use crate::os::process::{Process, Stopped};
use crate::os::reaper::Reaper;
use crate::os::{ports, shim};
use crate::runner::output::Output;
use crate::runner::stdio::Wires;
use crate::source::Sources;
use crate::state::{Chunk, Exit, Start};

/// How an app is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Launch {
    /// Its program.
    pub(crate) executable: PathBuf,
    /// Its arguments.
    pub(crate) args: Vec<String>,
    /// Its variables, besides those that it inherits and those that tell it where to listen.
    pub(crate) environment: Environment,
    /// How it learns where to listen.
    pub(crate) socket: Socket,
    /// What it will be asked for reports with, if it makes any.
    pub(crate) report: Option<String>,
}

/// How an app learns where to listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Socket {
    /// It takes an open socket from `LISTEN_FDS`.
    Passed(Port),
    /// It opens the port in `PORT`.
    Told(Port),
}

/// Which port an app gets.
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
    /// The file it runs from, open: it stays readable when cargo puts a new one in its place. Locked by whoever compares it, also
    /// when nobody waits for that any more.
    executable: Arc<Mutex<File>>,
    since: Instant,
    port: u16,
    is_listening: bool,
    /// Has it been asked to end?
    is_dismissed: bool,
    output: Output,
}

impl App {
    /// Starts the app. What it writes goes to `written`.
    pub(crate) fn start(
        launch: &Launch,
        reaper: &Reaper,
        written: &mpsc::Sender<Chunk>,
    ) -> anyhow::Result<App> {
        let executable = File::open(&launch.executable)
            .with_context(|| format!("cannot read {}", launch.executable.display()))?;
        let (port, listener) = reserve(launch.socket)?;
        let is_listening = listener.is_some();
        let mut command = command(launch, port)?;
        if let Some(listener) = listener {
            shim::pass(&mut command, listener)?;
        }
        let wires = Wires::lay(&mut command);
        let mut process = Process::spawn(command, reaper)
            .with_context(|| format!("cannot start {}", launch.executable.display()))?;
        let output = Output::follow(wires.sources(&mut process), written);
        Ok(App {
            process,
            executable: Arc::new(Mutex::new(executable)),
            since: Instant::now(),
            port,
            is_listening,
            is_dismissed: false,
            output,
        })
    }

    /// Waits until the app's port is open, or reports how the app ended before that. `waiting` is told what is known
    /// when that takes longer than a second, and whenever that changes.
    pub(crate) async fn ready(
        &mut self,
        mut waiting: impl FnMut(Start),
    ) -> anyhow::Result<Result<SocketAddr, Exit>> {
        if self.is_listening {
            return Ok(Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))));
        }
        let port = self.port;
        let start = self.starting();
        let pid = self.process.id();
        let tail = self.output.tail();
        tokio::select! {
            address = opened(pid, port) => Ok(Ok(address)),
            exit = self.exited() => exit.map(Err),
            address = opened_elsewhere(pid, port, |opened| waiting(Start { opened, tail: tail.borrow().clone(), ..start.clone() })) => Ok(Ok(address)),
        }
    }

    /// The app as long as its port is not open.
    pub(crate) fn starting(&self) -> Start {
        Start {
            since: self.since,
            port: self.port,
            opened: Vec::new(),
            tail: self.output.tail().borrow().clone(),
        }
    }

    /// Its process group.
    pub(crate) fn group(&self) -> u32 {
        self.process.id()
    }

    /// The port that it was told.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Waits until the app ends by itself.
    pub(crate) async fn exited(&mut self) -> anyhow::Result<Exit> {
        let status = self
            .process
            .wait()
            .await
            .context("cannot wait for the app")?;
        let uptime = self.since.elapsed();
        // Its pipes are closed now, or belong to nobody: what was written is there to be read.
        self.output.end().await;
        Ok(Exit {
            status,
            uptime,
            port: self.port,
            // It runs where we do.
            folder: std::env::current_dir().unwrap_or_default(),
            tail: self.output.tail().borrow().clone(),
            sources: Sources::default(),
        })
    }

    /// Ends the app: SIGTERM, SIGKILL after `grace`, and waits until it is gone. Answers what that took.
    pub(crate) async fn stop(&mut self, grace: Duration) -> anyhow::Result<Stopped> {
        self.is_dismissed = true;
        let stopped = self.process.stop(grace).await;
        let stopped = stopped.context("cannot stop the app")?;
        self.output.end().await;
        Ok(stopped)
    }

    /// Does it run, unasked to end, from the same bytes as `executable` holds?
    pub(crate) async fn runs(&mut self, executable: &Path) -> bool {
        if self.is_dismissed || !self.process.is_running() {
            return false;
        }
        let (old, new) = (Arc::clone(&self.executable), executable.to_owned());
        // They can be hundreds of megabytes, and meanwhile requests come in.
        let is_same = spawn_blocking(move || {
            let mut old = old.lock().unwrap_or_else(PoisonError::into_inner);
            same_bytes(&mut old, &new).unwrap_or(false)
        });
        is_same.await.unwrap_or(false) && self.process.is_running()
    }
}

fn command(launch: &Launch, port: u16) -> anyhow::Result<Command> {
    let mut command = shim::command(&launch.executable, &launch.args)?;
    launch.environment.give(&mut command);
    command
        .env("PORT", port.to_string())
        .env("HOST", "127.0.0.1")
        .env("GIN_DEV", "1");
    match &launch.report {
        Some(token) => command.env("GIN_REPORT", token),
        None => command.env_remove("GIN_REPORT"),
    };
    Ok(command)
}

/// Picks the port. A socket to be passed stays open; one that the app opens itself is only asked for.
fn reserve(socket: Socket) -> anyhow::Result<(u16, Option<TcpListener>)> {
    let (Socket::Passed(port) | Socket::Told(port)) = socket;
    let listener = match port {
        Port::Any => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("there is no free port"),
        // Whoever answers there would be taken for the app.
        Port::Fixed(port) => TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
            let holder = ports::said_holder(port);
            format!("the app can't have port {port}: {holder}; stop it, or choose another port with --app-port")
        }),
    }?;
    let port = listener
        .local_addr()
        .context("cannot tell the app's port")?
        .port();
    Ok(match socket {
        Socket::Passed(_) => (port, Some(listener)),
        Socket::Told(_) => (port, None),
    })
}

/// Waits until the app's group listens on the port. There is no event for it: it is tried every few ms.
async fn opened(group: u32, port: u16) -> SocketAddr {
    const EAGER: Duration = Duration::from_millis(2);
    const PATIENT: Duration = Duration::from_millis(10);
    let since = Instant::now();
    loop {
        for ip in USUAL {
            let address = SocketAddr::from((ip, port));
            // Between our choice of a free port and the app's use of it, somebody else may have taken it.
            if TcpStream::connect(address).await.is_ok() && ports::is_opened_by(group, port) {
                return address;
            }
        }
        let pause = if since.elapsed() < Duration::from_secs(2) {
            EAGER
        } else {
            PATIENT
        };
        sleep(pause).await;
    }
}

/// Where apps are looked for, also those that listen on all addresses.
const USUAL: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::LOCALHOST),
    IpAddr::V6(Ipv6Addr::LOCALHOST),
];

/// Looks once a second where the app listens. Ends when that is its port at an address of its own choice; tells which ports it has
/// opened instead.
async fn opened_elsewhere(group: u32, own: u16, mut tell: impl FnMut(Vec<u16>)) -> SocketAddr {
    loop {
        sleep(Duration::from_secs(1)).await;
        let opened = ports::opened_by(group);
        let is_own = |address: &&SocketAddr| address.port() == own;
        let unusual = |address: &&SocketAddr| {
            !USUAL.contains(&address.ip()) && !address.ip().is_unspecified()
        };
        match opened.iter().filter(is_own).find(unusual) {
            Some(address) if TcpStream::connect(address).await.is_ok() => return *address,
            // Then it is about to answer there.
            _ if opened.iter().any(|address| address.port() == own) => tell(Vec::new()),
            _ => {
                let ports: BTreeSet<u16> = opened.iter().map(SocketAddr::port).collect();
                tell(ports.into_iter().collect());
            }
        }
    }
}

fn same_bytes(old: &mut File, new: &Path) -> io::Result<bool> {
    let mut new = File::open(new)?;
    if old.metadata()?.len() != new.metadata()?.len() {
        return Ok(false);
    }
    old.rewind()?;
    let (mut left, mut right) = (vec![0; 256 << 10], vec![0; 256 << 10]);
    loop {
        let read = old.read(&mut left)?;
        if read == 0 {
            return Ok(true);
        }
        new.read_exact(&mut right[..read])?;
        if left[..read] != right[..read] {
            return Ok(false);
        }
    }
}
