//! The compilers: a process for each unit, started as soon as what it reads is there.
//!
//! As with cargo, a library is compiled once the metadata of those below it is there, and a program once they are complete, unless it
//! is compiled ahead of them.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::sync::Arc;
use std::thread;
use std::time::SystemTime;

use tokio::process::ChildStderr;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::builder::fast::ahead::Ahead;
use crate::builder::fast::compiler::{Compiler, Said};
use crate::builder::fast::completion::Remainder;
use crate::builder::fast::early::EarlyLink;
use crate::builder::fast::node::{Node, below};
use crate::builder::fast::reason::Reason;
use crate::builder::fast::unit::{UnitId, UnitKind};
use crate::cargo::Lines;
use crate::os::exit::ExitStatus;
use crate::os::process::Process;
use crate::os::reaper::Reaper;

/// The compilers of a plan. Dropping them ends them.
pub(super) struct Compilers<'a> {
    units: &'a BTreeMap<UnitId, Arc<Node>>,
    /// The program that may be linked early.
    early: Option<&'a EarlyLink>,
    /// The times at which the units were withdrawn.
    began: BTreeMap<UnitId, SystemTime>,
    reaper: &'a Reaper,
    running: BTreeMap<UnitId, Compiler>,
    /// The program that may be compiled ahead of its libraries, until they are complete.
    ahead: Option<Ahead>,
    /// The units whose metadata is there.
    usable: BTreeSet<UnitId>,
    /// The units that are complete.
    complete: BTreeSet<UnitId>,
    has_failed: bool,
    readers: JoinSet<()>,
    line_tx: mpsc::Sender<(UnitId, Option<String>)>,
    line_rx: mpsc::Receiver<(UnitId, Option<String>)>,
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
#[derive(Debug)]
pub(super) enum End {
    Good,
    Failed,
    /// All but a program are complete, and that one is linked early.
    Early(Box<Remainder>),
}

impl<'a> Compilers<'a> {
    /// Prepares for all units before the first compiler starts.
    pub(super) async fn new(
        units: &'a BTreeMap<UnitId, Arc<Node>>,
        early: Option<&'a EarlyLink>,
        ahead: Option<Ahead>,
        reaper: &'a Reaper,
    ) -> Result<Compilers<'a>, Reason> {
        let mut began = BTreeMap::new();
        for (id, node) in units {
            began.insert(id.clone(), node.begin().await?);
        }
        let (line_tx, line_rx) = mpsc::channel(64);
        Ok(Compilers {
            units,
            early,
            began,
            reaper,
            running: BTreeMap::new(),
            ahead,
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
                Some(line) => match self.read(&id, line)? {
                    Said::Message(message) => match self.ahead_of(&id) {
                        Some(ahead) => ahead.hold(message),
                        None => on_news(News::Message(id, message)),
                    },
                    Said::Early if self.is_last() => return self.remainder(&id),
                    _ => {}
                },
                None => {
                    if self.end(&id).await? {
                        on_news(News::Complete(id));
                        on_news(self.progress());
                        for (id, message) in self.open_gate() {
                            on_news(News::Message(id, message));
                        }
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
            let mut command =
                command.ok_or_else(|| Reason::Crashed(node.artifact.target.name.clone()))?;
            if let Some(early) = self.early_link(id) {
                command.args(&early.arguments);
            }
            let process = Process::spawn(command, self.reaper);
            let mut process = process
                .map_err(|error| Reason::Unstartable(node.artifact.target.name.clone(), error))?;
            if let Some(stderr) = process.stderr() {
                let line_tx = self.line_tx.clone();
                self.readers.spawn(read(id.clone(), stderr, line_tx));
            }
            self.running.insert(id.clone(), Compiler::new(process));
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
                let ahead = self.ahead.as_ref();
                let has_outline = |id: &UnitId| ahead.is_some_and(|ahead| ahead.has_outline(id));
                let mut below = below(self.units, node).into_iter();
                below.all(|id| self.complete.contains(&id) || has_outline(&id))
            }
        }
    }

    fn early_link(&self, id: &UnitId) -> Option<&'a EarlyLink> {
        self.early.filter(|early| early.id == *id)
    }

    /// Returns `true` if all units are complete except for one, which is being compiled.
    fn is_last(&self) -> bool {
        self.running.len() == 1 && self.complete.len() + 1 == self.units.len()
    }

    /// Leaves the rest of the last compiler's work to somebody else.
    fn remainder(mut self, id: &UnitId) -> Result<End, Reason> {
        let parts = (
            self.units.get(id),
            self.began.get(id),
            self.running.remove(id),
        );
        let (Some(node), Some(began), Some(compiler)) = parts else {
            return Err(self.crashed(id));
        };
        node.verify_files()?;
        Ok(End::Early(Box::new(Remainder {
            node: Arc::clone(node),
            began: *began,
            compiler,
            readers: self.readers,
            line_rx: self.line_rx,
        })))
    }

    /// Reads a line of a compiler.
    fn read(&mut self, id: &UnitId, line: String) -> Result<Said, Reason> {
        let Some(compiler) = self.running.get_mut(id) else {
            return Ok(Said::Nothing);
        };
        match compiler.read(line) {
            // It shows the call of our linker, not that of the user's.
            Said::Unlinked(_) if self.early_link(id).is_some() => {
                Err(Reason::Unlinked(self.name(id)))
            }
            Said::Unlinked(line) => Ok(Said::Message(line)),
            Said::Unknown => Err(self.crashed(id)),
            Said::Metadata => {
                self.usable.insert(id.clone());
                if let (Some(ahead), Some(node)) = (&mut self.ahead, self.units.get(id)) {
                    ahead.outline(node.unit());
                }
                Ok(Said::Nothing)
            }
            said => Ok(said),
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
            if self.ahead_of(id).is_none() {
                self.give_up_ahead();
            }
            return Ok(false);
        }
        if self.ahead_of(id).is_some() {
            return Err(self.crashed(id));
        }
        if let (Some(node), Some(began)) = (self.units.get(id), self.began.get(id)) {
            node.complete(*began, compiler.messages.as_bytes())?;
        }
        self.usable.insert(id.clone());
        self.complete.insert(id.clone());
        Ok(true)
    }

    /// Returns the program with this identity if it is compiled ahead.
    fn ahead_of(&mut self, id: &UnitId) -> Option<&mut Ahead> {
        self.ahead.as_mut().filter(|ahead| ahead.is_of(id))
    }

    /// Lets the program link once its libraries are complete. Returns what was held back.
    fn open_gate(&mut self) -> impl Iterator<Item = (UnitId, String)> + use<> {
        let complete = &self.complete;
        let ahead = self.ahead.take_if(|ahead| ahead.is_over(complete));
        ahead.into_iter().flat_map(Ahead::open)
    }

    /// Ends the program that is compiled ahead, because a library has failed: cargo would not have started it.
    fn give_up_ahead(&mut self) {
        if let Some(ahead) = &mut self.ahead {
            self.running.remove(ahead.give_up());
        }
    }

    fn crashed(&self, id: &UnitId) -> Reason {
        Reason::Crashed(self.name(id))
    }

    fn name(&self, id: &UnitId) -> String {
        let node = self.units.get(id);
        node.map_or_else(String::new, |node| node.artifact.target.name.clone())
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
