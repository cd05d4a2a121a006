//! A build without cargo, and what is known for the next one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, TryLockError};
use std::io;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::builder::build::{Build, Observer, RunningBuild};
use crate::builder::fast::ahead::Outlines;
use crate::builder::fast::baseline::{Baseline, Lesson, id};
use crate::builder::fast::compilers::{Compilers, End, News};
use crate::builder::fast::completion::{Completion, Twin};
use crate::builder::fast::early::EarlyLinks;
use crate::builder::fast::node::{Node, Recorded};
use crate::builder::fast::plan::Plan;
use crate::builder::fast::reason::Reason;
use crate::builder::fast::recorder::Recorder;
use crate::builder::fast::stamp::Stamp;
use crate::builder::fast::transcript::Transcript;
use crate::builder::fast::unit::{Unit, UnitId};
use crate::os::exit::ExitStatus;
use crate::os::reaper::Reaper;
use crate::state::Progress;
use crate::workspace::Workspace;

/// The time at which an app may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// As soon as there is a program that behaves like it.
    Early,
    /// Once the program is where cargo puts it.
    Complete,
}

/// Builds without cargo where that is sound.
#[derive(Debug)]
pub(crate) struct Fast {
    recorder: Recorder,
    early: EarlyLinks,
    outlines: Outlines,
    /// The completion of the last program, if that was linked early.
    completion: Option<Completion>,
    /// The last program that is complete and was linked early.
    twin: Option<Twin>,
    notice_tx: mpsc::UnboundedSender<String>,
    /// All calls of this session, by what they make.
    recorded: BTreeMap<UnitId, Recorded>,
    /// The last good build, unless cargo has run since.
    baseline: Option<Arc<Baseline>>,
    /// The inputs of the last good build, as they were before cargo ran.
    before: BTreeMap<PathBuf, Stamp>,
}

impl Fast {
    /// Nothing is known yet.
    pub(crate) fn new(notice_tx: mpsc::UnboundedSender<String>) -> Result<Fast, Reason> {
        if !cfg!(unix) {
            return Err(Reason::Platform);
        }
        let unrecordable = |error: anyhow::Error| Reason::Unrecordable(format!("{error:#}"));
        let recorder = Recorder::new().map_err(unrecordable)?;
        Ok(Fast {
            early: EarlyLinks::new(recorder.directory()).map_err(unrecordable)?,
            recorder,
            outlines: Outlines::default(),
            completion: None,
            twin: None,
            notice_tx,
            recorded: BTreeMap::new(),
            baseline: None,
            before: BTreeMap::new(),
        })
    }

    /// Forgets the last good build, because manifests may have changed.
    pub(crate) fn forget(&mut self) {
        self.baseline = None;
    }

    /// Builds without cargo. Dropping the future ends the compilers. An error means that cargo has to build.
    pub(crate) async fn build(
        &mut self,
        start: Start,
        workspace: &Workspace,
        reaper: &Reaper,
        observer: &impl Observer,
    ) -> Result<Build, Reason> {
        self.end_completion().await?;
        let slot = self.baseline.as_mut().ok_or(Reason::NoGoodBuild)?;
        let locks = lock(slot)?;
        let seen = Arc::clone(slot);
        let plan = spawn_blocking(move || Plan::of(&seen)).await;
        let mut plan = plan.map_err(io::Error::other)??;
        let baseline = Arc::make_mut(slot);
        let changed = mem::take(&mut plan.changed).into_iter();
        let changed = changed.map(|(path, stamp)| (path, Some(stamp)));
        baseline.stamps.extend(changed);
        baseline.pending.extend(plan.units.keys().cloned());

        self.early.note(&plan.units);
        let link = match start {
            Start::Early => self.early.prepare(&plan.units),
            Start::Complete => None,
        };
        let ahead = link.as_ref().and_then(|link| {
            let linker = self.early.directory();
            self.outlines.start(&link.id, &plan.units, linker)
        });
        let compilers = Compilers::new(&plan.units, link.as_ref(), ahead, reaper).await?;
        let mut reporter = Reporter::new(&plan, baseline, workspace, observer);
        let end = compilers.run(|news| reporter.report(news)).await?;
        match (end, link) {
            (End::Failed, _) => return Ok(reporter.running.finish(ExitStatus::Code(101))),
            (End::Early(remainder), Some(link)) => {
                let build = reporter.anticipate(&remainder.node, &link.program);
                let notice_tx = self.notice_tx.clone();
                let completion = Completion::start(*remainder, link.program, locks, notice_tx);
                self.completion = Some(completion);
                return Ok(build);
            }
            (End::Good, Some(link)) => self.early.make_base(&link, reaper),
            (End::Good | End::Early(_), None) => {}
        }
        Ok(reporter.running.finish(ExitStatus::Code(0)))
    }

    /// Learns from the completion of the last program, or ends it.
    async fn end_completion(&mut self) -> Result<(), Reason> {
        let Some(completion) = self.completion.take() else {
            return Ok(());
        };
        let node = Arc::clone(&completion.node);
        let Some(completed) = completion.end().await else {
            return Ok(());
        };
        let completed = completed?;
        self.twin = Some(completed.twin);
        if let Some(baseline) = &mut self.baseline {
            let baseline = Arc::make_mut(baseline);
            for message in completed.messages {
                let line = node.artifact.diagnostic(&message);
                baseline.transcript.push(line.as_bytes());
            }
            baseline.confirm(&node);
        }
        Ok(())
    }

    /// Has an app run on that cargo has left alone, although it was started from an early program.
    pub(crate) fn recognize(&self, build: &mut Build) {
        if let (Build::Good(artifacts), Some(twin)) = (build, &self.twin) {
            artifacts.app.early = twin.of(&artifacts.app.executable).cloned();
        }
    }

    /// Has a run of cargo recorded.
    pub(crate) async fn record(
        &mut self,
        command: &mut Command,
        arguments: &[String],
    ) -> Result<(), Reason> {
        // If it has failed, this run of cargo reports it.
        let _ = self.end_completion().await;
        // A build that was dropped has reported nothing that they could be compared with.
        self.note(&Transcript::default());
        if let Some(baseline) = self.baseline.take() {
            let look = move || {
                let paths = baseline.stamps.keys();
                let stamps = paths.map(|path| (path.clone(), Stamp::of(path, &baseline.made)));
                stamps.collect()
            };
            let before = spawn_blocking(look).await;
            self.before = before.map_err(io::Error::other)?;
        }
        let applied = self.recorder.apply(command, arguments);
        applied.map_err(|error| Reason::Unrecordable(format!("{error:#}")))
    }

    /// Learns the calls of a run of cargo, which has failed or was good.
    pub(crate) fn note(&mut self, transcript: &Transcript) {
        let fresh = transcript.artifacts().filter(|artifact| artifact.is_fresh);
        let independent: Arc<BTreeSet<_>> = Arc::new(fresh.filter_map(id).collect());
        let units = self.recorder.take().into_iter().filter_map(Unit::of);
        for unit in units {
            let recorded = Recorded {
                independent: Arc::clone(&independent),
                unit: Arc::new(unit),
            };
            self.recorded.insert(recorded.unit.id.clone(), recorded);
        }
    }

    /// Learns what a good run of cargo has read and made.
    pub(crate) async fn learn(&mut self, lesson: Lesson) -> Result<(), Reason> {
        let recorded = self.recorded.clone();
        let before = mem::take(&mut self.before);
        let baseline = spawn_blocking(move || Baseline::of(lesson, &recorded, &before)).await;
        self.baseline = Some(Arc::new(baseline.map_err(io::Error::other)?));
        Ok(())
    }
}

/// Passes the news of compilers on, as cargo would, and keeps what the next build repeats.
struct Reporter<'a, L> {
    plan: &'a Plan,
    baseline: &'a mut Baseline,
    running: RunningBuild<'a, L>,
    observer: &'a L,
    progress: Progress,
    /// The messages about units that are not complete yet.
    lines: BTreeMap<UnitId, Vec<Vec<u8>>>,
}

impl<'a, L: Observer> Reporter<'a, L> {
    /// Begins with the messages about everything that is not compiled.
    fn new(
        plan: &'a Plan,
        baseline: &'a mut Baseline,
        workspace: &'a Workspace,
        observer: &'a L,
    ) -> Reporter<'a, L> {
        let mut running = RunningBuild::new(workspace, observer);
        let targets = plan.units.values().map(|node| &node.artifact.target);
        let targets: Vec<_> = targets.collect();
        for line in baseline.transcript.beside(&targets) {
            running.read_stdout(line);
        }
        Reporter {
            progress: Progress {
                total: plan.units.len(),
                ..Progress::default()
            },
            plan,
            baseline,
            running,
            observer,
            lines: BTreeMap::new(),
        }
    }

    fn report(&mut self, news: News) {
        match news {
            News::Progress { done, underway } => {
                self.progress.done = done;
                let names = underway.iter().map(String::as_str);
                self.progress.underway.become_these(names, Instant::now());
                self.observer.progress(self.progress.clone());
            }
            News::Message(id, message) => {
                if let Some(node) = self.plan.units.get(&id) {
                    let line = node.artifact.diagnostic(&message).into_bytes();
                    self.running.read_stdout(&line);
                    self.lines.entry(id).or_default().push(line);
                }
            }
            News::Complete(id) => self.complete(&id),
        }
    }

    fn complete(&mut self, id: &UnitId) {
        if let Some(node) = self.plan.units.get(id) {
            self.compiled(node);
            self.baseline.confirm(node);
        }
    }

    /// Keeps the messages of a compiler, and passes on that its target is compiled.
    fn compiled(&mut self, node: &Node) {
        let (target, transcript) = (&node.artifact.target, &mut self.baseline.transcript);
        let lines = self.lines.remove(&node.unit().id).unwrap_or_default();
        transcript.replace(target, &lines);
        if let Some(line) = transcript.compiled(target) {
            self.running.read_stdout(line);
        }
    }

    /// Ends with an early program in the place of the one that is not complete yet.
    fn anticipate(mut self, node: &Node, program: &Path) -> Build {
        self.compiled(node);
        let mut build = self.running.finish(ExitStatus::Code(0));
        if let Build::Good(artifacts) = &mut build {
            let app = [&mut artifacts.app].into_iter();
            let mut all = app.chain(artifacts.sides.values_mut());
            let executable = node.artifact.executable.as_ref();
            if let Some(artifact) = all.find(|artifact| Some(&artifact.executable) == executable) {
                artifact.early = Some(program.to_owned());
            }
        }
        build
    }
}

/// Takes cargo's locks of the target directory.
fn lock(baseline: &Baseline) -> Result<Vec<File>, Reason> {
    let open = |path: &PathBuf| {
        let file = File::options().read(true).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Reason::Locked),
            Err(TryLockError::Error(error)) => Err(Reason::Files(error)),
        }
    };
    if baseline.locks.is_empty() {
        return Err(Reason::Files(io::ErrorKind::NotFound.into()));
    }
    baseline.locks.iter().map(open).collect()
}
