//! The compilers: a process for each unit, started as soon as what it reads is there.
//!
//! As with cargo, a library is compiled once the metadata of those below it is there, and a program once they are complete.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::sync::Arc;
use std::thread;
use std::time::SystemTime;

use serde::Deserialize;
use tokio::process::ChildStderr;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::builder::fast::node::Node;
use crate::builder::fast::reason::Reason;
use crate::builder::fast::unit::{UnitId, UnitKind};
use crate::cargo::Lines;
use crate::os::exit::ExitStatus;
use crate::os::process::Process;
use crate::os::reaper::Reaper;

/// The compilers of a plan. Dropping them ends them.
pub(super) struct Compilers<'a> {
    units: &'a BTreeMap<UnitId, Arc<Node>>,
    /// The times at which the units were withdrawn.
    began: BTreeMap<UnitId, SystemTime>,
    reaper: &'a Reaper,
    running: BTreeMap<UnitId, Compiler>,
    /// The units whose metadata is there.
    usable: BTreeSet<UnitId>,
    /// The units that are complete.
    complete: BTreeSet<UnitId>,
    has_failed: bool,
    readers: JoinSet<()>,
    line_tx: mpsc::Sender<(UnitId, Option<String>)>,
    line_rx: mpsc::Receiver<(UnitId, Option<String>)>,
}

/// A compiler that runs.
struct Compiler {
    process: Process,
    /// Its messages, as cargo keeps them.
    messages: String,
    has_error: bool,
}

/// The news of the compilers.
pub(super) enum News {
    /// This many units are complete, and these are being compiled.
    Progress { done: usize, underway: Vec<String> },
    /// A compiler has reported something about its unit.
    Message(UnitId, String),
    /// This unit is complete.
    Complete(UnitId),
}

/// The end of all compilers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Good,
    Failed,
}

impl<'a> Compilers<'a> {
    /// Prepares for all units before the first compiler starts.
    pub(super) async fn new(
        units: &'a BTreeMap<UnitId, Arc<Node>>,
        reaper: &'a Reaper,
    ) -> Result<Compilers<'a>, Reason> {
        let mut began = BTreeMap::new();
        for (id, node) in units {
            began.insert(id.clone(), node.begin().await?);
        }
        let (line_tx, line_rx) = mpsc::channel(64);
        Ok(Compilers {
            units,
            began,
            reaper,
            running: BTreeMap::new(),
            usable: BTreeSet::new(),
            complete: BTreeSet::new(),
            has_failed: false,
            readers: JoinSet::new(),
            line_tx,
            line_rx,
        })
    }

    /// Runs them until all are complete, or one has failed and those that were running have ended.
    pub(super) async fn run(mut self, mut on_news: impl FnMut(News)) -> Result<End, Reason> {
        loop {
            if self.start()? {
                on_news(self.progress());
            }
            if self.running.is_empty() {
                break;
            }
            let Some((id, line)) = self.line_rx.recv().await else {
                break;
            };
            match line {
                Some(line) => {
                    if let Some(message) = self.read(&id, line)? {
                        on_news(News::Message(id, message));
                    }
                }
                None => {
                    if self.end(&id).await? {
                        on_news(News::Complete(id));
                        on_news(self.progress());
                    }
                }
            }
        }
        Ok(if self.has_failed {
            End::Failed
        } else {
            End::Good
        })
    }

    /// Starts the compilers whose turn it is. Returns `true` if there are any.
    fn start(&mut self) -> Result<bool, Reason> {
        let most = thread::available_parallelism().map_or(1, NonZero::get);
        let ready: Vec<_> = self
            .units
            .values()
            .filter(|node| self.is_ready(node))
            .collect();
        let room = most.saturating_sub(self.running.len());
        let ready = ready
            .into_iter()
            .take(if self.has_failed { 0 } else { room });
        let mut has_started = false;
        for node in ready {
            let id = &node.unit().id;
            let command = node.unit().call.command();
            let command =
                command.ok_or_else(|| Reason::Crashed(node.artifact.target.name.clone()))?;
            let process = Process::spawn(command, self.reaper);
            let mut process = process
                .map_err(|error| Reason::Unstartable(node.artifact.target.name.clone(), error))?;
            if let Some(stderr) = process.stderr() {
                let line_tx = self.line_tx.clone();
                self.readers.spawn(read(id.clone(), stderr, line_tx));
            }
            let compiler = Compiler {
                process,
                messages: String::new(),
                has_error: false,
            };
            self.running.insert(id.clone(), compiler);
            has_started = true;
        }
        Ok(has_started)
    }

    fn is_ready(&self, node: &Node) -> bool {
        let unit = node.unit();
        if self.complete.contains(&unit.id) || self.running.contains_key(&unit.id) {
            return false;
        }
        match unit.kind {
            UnitKind::Library => {
                let mut below = unit
                    .externs
                    .iter()
                    .filter(|id| self.units.contains_key(*id));
                below.all(|id| self.usable.contains(id))
            }
            UnitKind::Binary | UnitKind::Other => {
                self.below(node).iter().all(|id| self.complete.contains(id))
            }
        }
    }

    /// Returns the units of the plan that a program consists of, besides itself.
    fn below(&self, node: &Node) -> BTreeSet<UnitId> {
        let mut found = BTreeSet::new();
        let mut waiting: Vec<_> = node.unit().externs.iter().collect();
        while let Some(id) = waiting.pop() {
            if let Some(node) = self.units.get(id)
                && found.insert(id.clone())
            {
                waiting.extend(&node.unit().externs);
            }
        }
        found
    }

    /// Reads a line of a compiler. Returns a message that is for the user.
    fn read(&mut self, id: &UnitId, line: String) -> Result<Option<String>, Reason> {
        let Some(compiler) = self.running.get_mut(id) else {
            return Ok(None);
        };
        // Other text belongs to a crash, or to a variable such as `RUSTC_LOG`.
        let Ok(message) = serde_json::from_str::<Json>(&line) else {
            return Ok(None);
        };
        match message.kind.as_str() {
            "diagnostic" => {
                compiler.messages.push_str(&line);
                compiler.messages.push('\n');
                compiler.has_error |= message.level.starts_with("error");
                Ok((!is_summary(&message.message)).then_some(line))
            }
            "artifact" if message.emit == "metadata" => {
                self.usable.insert(id.clone());
                Ok(None)
            }
            "artifact" => Ok(None),
            // Cargo alone keeps the reports of what a future compiler will refuse.
            "future_incompat" if message.future_incompat_report.is_empty() => Ok(None),
            _ => Err(self.crashed(id)),
        }
    }

    /// Waits for a compiler that has closed its output. Returns `true` if the unit is complete.
    async fn end(&mut self, id: &UnitId) -> Result<bool, Reason> {
        let Some(mut compiler) = self.running.remove(id) else {
            return Ok(false);
        };
        if compiler.process.wait().await? != ExitStatus::Code(0) {
            if !compiler.has_error {
                return Err(self.crashed(id));
            }
            self.has_failed = true;
            return Ok(false);
        }
        if let (Some(node), Some(began)) = (self.units.get(id), self.began.get(id)) {
            node.complete(*began, compiler.messages.as_bytes())?;
        }
        self.usable.insert(id.clone());
        self.complete.insert(id.clone());
        Ok(true)
    }

    fn crashed(&self, id: &UnitId) -> Reason {
        let node = self.units.get(id);
        Reason::Crashed(node.map_or_else(String::new, |node| node.artifact.target.name.clone()))
    }

    fn progress(&self) -> News {
        let running = self.running.keys().filter_map(|id| self.units.get(id));
        News::Progress {
            done: self.complete.len(),
            underway: running.map(|node| node.artifact.target.shown()).collect(),
        }
    }
}

/// Passes the lines of a compiler on, and then `None`.
async fn read(id: UnitId, stderr: ChildStderr, line_tx: mpsc::Sender<(UnitId, Option<String>)>) {
    let mut lines = Lines::new(stderr, b"\n");
    while let Ok(Some(line)) = lines.next().await {
        let line = String::from_utf8_lossy(line).into_owned();
        if line_tx.send((id.clone(), Some(line))).await.is_err() {
            return;
        }
    }
    // An error means that nobody waits for it.
    let _ = line_tx.send((id, None)).await;
}

/// Returns `true` for the messages that only count others, which cargo leaves out as well.
fn is_summary(message: &str) -> bool {
    message.starts_with("aborting due to")
        || message.ends_with("warning emitted")
        || message.ends_with("warnings emitted")
}

#[derive(Deserialize)]
struct Json {
    #[serde(rename = "$message_type")]
    kind: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    emit: String,
    #[serde(default)]
    future_incompat_report: Vec<serde_json::Value>,
}
