//! The inbox of the loop. It handles every event that requires no attempt.

use std::future::pending;
use std::path::Path;
use std::time::SystemTime;

use anyhow::Context as _;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::assets::Assets;
use crate::dev::echoes::{self, Echoes, Verdict};
use crate::dev::generated::{Author, Generated, Scripts};
use crate::dev::hook_writes::{Fate, HookRun, HookWrites};
use crate::dev::outcome::Outcome;
use crate::dev::status_writer::StatusWriter;
use crate::hooks::When;
use crate::page;
use crate::state::{Cause, Change, ChangedFiles, Effect, Event, Phase, Status};
use crate::watcher;

/// The events for the loop.
pub(super) struct Inbox {
    event_rx: mpsc::Receiver<Event>,
    assets_tx: watch::Sender<Assets>,
    notice_tx: mpsc::UnboundedSender<String>,
    status: StatusWriter,
    status_rx: watch::Receiver<Status>,
    generated: Generated,
    echoes: Echoes,
    /// The outcome of the current attempt, if it has ended.
    outcome: Option<Outcome>,
    held: Held,
    /// The run of a hook that began last.
    run_rx: watch::Receiver<Option<HookRun>>,
    hook_writes: HookWrites,
    /// Changes during the run of a hook, which count once it has ended.
    during_hook: Option<Change>,
    /// The hook that the next attempt leaves out.
    skipped: Option<When>,
}

/// A change that may require an attempt later.
enum Held {
    Nothing,
    /// It is weighed again once the attempt has ended.
    UntilEnd(Change),
    /// It requires one at this time.
    Until(Instant, Change),
}

impl Inbox {
    /// Changes that need no build go to `assets_tx`, and notices for the user to `notice_tx`.
    pub(super) fn new(
        event_rx: mpsc::Receiver<Event>,
        assets_tx: watch::Sender<Assets>,
        notice_tx: mpsc::UnboundedSender<String>,
        status: StatusWriter,
        run_rx: watch::Receiver<Option<HookRun>>,
    ) -> Inbox {
        Inbox {
            event_rx,
            assets_tx,
            notice_tx,
            status_rx: status.subscribe(),
            status,
            generated: Generated::default(),
            echoes: Echoes::new(SystemTime::now()),
            outcome: None,
            held: Held::Nothing,
            run_rx,
            hook_writes: HookWrites::default(),
            during_hook: None,
            skipped: None,
        }
    }

    /// Returns the hook that the attempt of the last change leaves out.
    pub(super) fn skipped_hook(&mut self) -> Option<When> {
        self.skipped.take()
    }

    /// Waits for a change that requires an attempt.
    pub(super) async fn change(&mut self, scripts: &Scripts) -> anyhow::Result<Change> {
        let mut change = self.next(scripts).await?;
        if let Some(earlier) = self.during_hook.take() {
            change.take_over(&earlier);
        }
        Ok(change)
    }

    async fn next(&mut self, scripts: &Scripts) -> anyhow::Result<Change> {
        loop {
            if let Some(change) = self.released()? {
                return Ok(change);
            }
            let event = tokio::select! {
                biased;
                changed = self.status_rx.changed() => {
                    changed.context("the loop is gone")?;
                    continue;
                }
                ended = self.run_rx.changed() => {
                    ended.context("the loop is gone")?;
                    continue;
                }
                event = self.event_rx.recv() => event.context("the watcher is gone")?,
                () = self.held.passed() => continue,
            };
            if let Some(change) = self.handle(event, scripts)? {
                return Ok(change);
            }
        }
    }

    /// Handles an event, and returns the change that requires an attempt.
    fn handle(&mut self, event: Event, scripts: &Scripts) -> anyhow::Result<Option<Change>> {
        match event {
            Event::Change(change) if !requires_attempt(&change, &self.status_rx.borrow()) => {
                self.assets_tx
                    .send_if_modified(|assets| assets.take(&change));
            }
            Event::Change(change) => {
                if !self.counts_beside_hooks(&change)? {
                    return Ok(None);
                }
                let author = self
                    .generated
                    .author(&change, &self.status_rx.borrow(), scripts);
                match author {
                    Author::User => return self.weigh(change),
                    Author::Build => {}
                    Author::RevealedBuild => self.notify(written_by_build(&change))?,
                }
            }
            // The loop has announced all changes before. An error means that the request was cancelled.
            Event::Barrier(done) => drop(done.send(())),
            Event::Notice(text) => self.notify(text)?,
        }
        Ok(None)
    }

    /// Returns the held change if it is time for it.
    fn released(&mut self) -> anyhow::Result<Option<Change>> {
        let outcome = Outcome::of(&self.status_rx.borrow_and_update());
        if outcome != self.outcome {
            self.outcome = outcome;
            if let Some(outcome) = outcome {
                self.echoes.end(outcome, SystemTime::now());
                self.unmute();
            }
        }
        if !self.runs_hook()
            && let Some(change) = self.during_hook.take()
            && let Some(change) = self.weigh(change)?
        {
            return Ok(Some(change));
        }
        match std::mem::replace(&mut self.held, Held::Nothing) {
            Held::UntilEnd(change) if outcome.is_some() => self.weigh(change),
            Held::Until(time, change) if time <= Instant::now() => {
                self.echoes.resume(&change, SystemTime::now());
                Ok(Some(change))
            }
            held => {
                self.held = held;
                Ok(None)
            }
        }
    }

    /// Returns `true` if a change counts now. One that a hook may have made may count later, or never.
    fn counts_beside_hooks(&mut self, change: &Change) -> anyhow::Result<bool> {
        let last = *self.run_rx.borrow();
        let (Cause::Changed(files), Some(run)) = (&change.cause, last) else {
            return Ok(true);
        };
        match self
            .hook_writes
            .fate(files, Some(&run), watcher::last_change)
        {
            Fate::Counts => {}
            Fate::Waits if run.ended.is_some() => {}
            Fate::Waits => {
                match &mut self.during_hook {
                    Some(waiting) => waiting.merge(change.clone()),
                    waiting => *waiting = Some(change.clone()),
                }
                return Ok(false);
            }
            Fate::Folded => return Ok(false),
            Fate::RevealedAsFolded => {
                self.notify(written_by_hook(change, run.when))?;
                return Ok(false);
            }
            Fate::CountsWithout(when) => {
                self.notify(skipped(change, when))?;
                self.skipped = Some(when);
            }
        }
        Ok(true)
    }

    fn runs_hook(&self) -> bool {
        let run = *self.run_rx.borrow();
        run.is_some_and(|run| run.ended.is_none())
    }

    /// Returns the change if it requires an attempt now.
    fn weigh(&mut self, change: Change) -> anyhow::Result<Option<Change>> {
        let Some(mut change) = echoes::without_dumps(change) else {
            return Ok(None);
        };
        let now = SystemTime::now();
        let outcome = self.outcome;
        match (self.echoes).verdict(&change, outcome, now, watcher::last_change) {
            Verdict::Counts => {
                if let Held::UntilEnd(held) | Held::Until(_, held) =
                    std::mem::replace(&mut self.held, Held::Nothing)
                {
                    change.take_over(&held);
                }
                self.unmute();
                return Ok(Some(change));
            }
            Verdict::Waits => self.held.add(change, Held::UntilEnd),
            Verdict::Delayed(delay) => {
                let time = Instant::now() + delay;
                self.held.add(change, |change| Held::Until(time, change));
            }
            Verdict::Ignored => {}
            Verdict::Muted(files) => self.mute(&files)?,
        }
        Ok(None)
    }

    /// Names the files that count no more, once.
    fn mute(&self, files: &ChangedFiles) -> anyhow::Result<()> {
        let known = self.status_rx.borrow().muted.clone();
        let is_known = |file: &Path| known.as_ref().is_some_and(|known| known.contains(file));
        if let Some(news) = files.without(is_known) {
            self.notify(page::muted(&news))?;
            self.status.mute(news);
        }
        Ok(())
    }

    /// Forgets the files that count no more, if they count again.
    fn unmute(&self) {
        if self.echoes.mute_none() {
            self.status.unmute();
        }
    }

    fn notify(&self, text: String) -> anyhow::Result<()> {
        self.notice_tx.send(text).context("the terminal is gone")
    }
}

impl Held {
    /// Holds one more change.
    fn add(&mut self, change: Change, make: impl FnOnce(Change) -> Held) {
        match self {
            Held::Nothing => *self = make(change),
            Held::UntilEnd(held) | Held::Until(_, held) => held.merge(change),
        }
    }

    /// Waits for the time of a change that is held until then.
    async fn passed(&self) {
        match self {
            Held::Until(time, _) => sleep_until(*time).await,
            Held::Nothing | Held::UntilEnd(_) => pending().await,
        }
    }
}

fn written_by_hook(change: &Change, when: When) -> String {
    format!(
        "{} writes {} on every run; its changes no longer start a build",
        when.name(),
        change.cause
    )
}

fn skipped(change: &Change, when: When) -> String {
    format!(
        "{} has changed during each of the last runs of {}, which is left out once in case it made the change",
        change.cause,
        when.name()
    )
}

fn written_by_build(change: &Change) -> String {
    format!(
        "a build script writes {} on every run; its changes no longer start a build",
        change.cause
    )
}

/// Returns `true` if the change requires an attempt. A file that the app reads at run time does so only after a crash, to start
/// the app again.
fn requires_attempt(change: &Change, status: &Status) -> bool {
    change.effect > Effect::Reload || matches!(status.phase, Phase::Crashed(_))
}
