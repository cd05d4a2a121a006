//! What the app is doing right now: the one thing that the tasks share.
//!
//! The loop in [`dev`](crate::dev) writes a [`Status`]; the proxy, the pages and the terminal show it.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::diagnostics::Diagnostics;
use crate::os::exit::End;
use crate::panic::Panic;
use crate::source::Sources;
use crate::state::change::Cause;
use crate::state::history::{Attempt, History, Timings};
use crate::state::progress::Progress;

/// All there is to show: what is built, which attempt this is and why, and how far it has come.
#[derive(Clone, Debug)]
pub(crate) struct Status {
    /// What is built and run.
    pub(crate) target: Arc<Target>,
    /// Which attempt this is, counted from 1.
    pub(crate) build: u64,
    /// Why it was made.
    pub(crate) cause: Cause,
    /// When it began.
    pub(crate) since: Instant,
    /// How far it has come.
    pub(crate) phase: Phase,
    /// What the build said: so far while it runs, all of it afterwards. The warnings of a good build stay.
    pub(crate) diagnostics: Arc<Diagnostics>,
    /// How long its parts took.
    pub(crate) timings: Timings,
    /// The attempts before this one.
    pub(crate) history: History,
}

impl Status {
    /// This attempt, as far as it has come.
    pub(crate) fn attempt(&self) -> Attempt {
        Attempt {
            build: self.build,
            cause: self.cause.clone(),
            phase: self.phase.name(),
            timings: self.timings,
            errors: self.diagnostics.errors(),
            warnings: self.diagnostics.warnings(),
        }
    }
}

/// The binary that is built and run.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The package's name. Empty while the manifest can't be read.
    pub(crate) package: String,
    /// The binary's or example's name.
    pub(crate) name: String,
    /// Where rustc's relative file names start.
    pub(crate) root: PathBuf,
    /// The folders of its package and of those it depends on by path. The package's own is the first.
    pub(crate) packages: Vec<PathBuf>,
    /// Is it built on gin-core, and so tells what goes wrong in it?
    pub(crate) reports: bool,
    /// How it is made.
    pub(crate) recipe: Recipe,
}

/// How a binary is made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recipe {
    /// The compiler, as it calls itself: `rustc 1.95.0 (59807616e 2026-04-14)`. Empty if it does not say.
    pub(crate) toolchain: String,
    /// cargo's profile.
    pub(crate) profile: String,
    /// The features that are asked for, `default` among them unless it was turned off.
    pub(crate) features: Vec<String>,
    /// Where cargo puts what it makes.
    pub(crate) folder: PathBuf,
}

/// What the app is doing.
#[derive(Clone, Debug)]
pub(crate) enum Phase {
    /// cargo runs.
    Building(Progress),
    /// cargo ended without a binary: [`Status::diagnostics`] say why.
    Failed,
    /// The build is good, and `--lazy` waits for the first request.
    Idle,
    /// The app's process runs and has not opened its port yet.
    Starting(Start),
    /// The app answers at this address.
    Ready(SocketAddr),
    /// The app's process ended by itself.
    Crashed(Arc<Exit>),
}

impl Phase {
    /// The phase's name in `/__gin/status`, in events and in `X-Gin-Phase`.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Phase::Building(_) => "building",
            Phase::Failed => "failed",
            Phase::Idle => "idle",
            Phase::Starting(_) => "starting",
            Phase::Ready(_) => "ready",
            Phase::Crashed(_) => "crashed",
        }
    }
}

/// An app that has not opened its port yet.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    /// When its process started.
    pub(crate) since: Instant,
    /// The port it was told to open.
    pub(crate) port: u16,
    /// The ports it opened instead.
    pub(crate) opened: Vec<u16>,
    /// The last lines it wrote.
    pub(crate) tail: Tail,
}

/// How an app's process ended, and its last words.
#[derive(Clone, Debug)]
pub(crate) struct Exit {
    /// How it ended.
    pub(crate) end: End,
    /// How long it had run.
    pub(crate) uptime: Duration,
    /// The port it was told to open.
    pub(crate) port: u16,
    /// The folder it ran in.
    pub(crate) folder: PathBuf,
    /// The last lines it wrote.
    pub(crate) tail: Tail,
    /// The files that its panics name.
    pub(crate) sources: Sources,
}

impl Exit {
    /// The panics that it told of, oldest first, their files named from `root`.
    pub(crate) fn panics(&self, root: &Path) -> Vec<Panic> {
        let panics = self.tail.panics().into_iter();
        panics
            .map(|panic| panic.named(&self.folder, root))
            .collect()
    }
}

/// The last lines that an app wrote: at most [`Tail::LINES`], each cut at [`Tail::WIDTH`] octets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tail(Arc<VecDeque<TailLine>>);

/// A line of an app's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TailLine {
    /// Where it was written.
    pub(crate) stream: Stream,
    /// The line with its colours, without its end.
    pub(crate) text: String,
}

/// A piece of an app's output, as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Chunk {
    /// Where it was written.
    pub(crate) stream: Stream,
    /// What was written.
    pub(crate) bytes: Bytes,
}

/// One of a process's two outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Stream {
    /// The stream's name in `/__gin/status`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
        }
    }
}

impl Tail {
    /// How many lines are kept.
    pub(crate) const LINES: usize = 100;
    /// How many octets of a line are kept.
    pub(crate) const WIDTH: usize = 4096;

    /// Adds a line and forgets the oldest beyond the limit.
    pub(crate) fn push(&mut self, line: TailLine) {
        let lines = Arc::make_mut(&mut self.0);
        if lines.len() == Self::LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// The lines, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &TailLine> {
        self.0.iter()
    }

    /// The panics that it tells of, oldest first.
    pub(crate) fn panics(&self) -> Vec<Panic> {
        let errors = self.iter().filter(|line| line.stream == Stream::Stderr);
        Panic::all(errors.map(|line| line.text.as_str()))
    }
}
