//! The thread that turns events into changes, and verifies the inputs.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::time::Instant;

use anyhow::Context as _;
use notify::EventKind;
use notify::event::{ModifyKind, RemoveKind};
use tokio::sync::{mpsc, oneshot, watch};

use crate::cli::Polling;
use crate::state::{Cause, Change, Effect, Event, Phase, Status};
use crate::watcher::baseline::{Baseline, Difference};
use crate::watcher::batch::{Batch, Doubt, Events};
use crate::watcher::file_systems::Shared;
use crate::watcher::ignored::Ignored;
use crate::watcher::mounts::Mounts;
use crate::watcher::pace::Pace;
use crate::watcher::paths;
use crate::watcher::polled::Polled;
use crate::watcher::proof::{Conclusion, Proofs};
use crate::watcher::scope::{Scope, Work};
use crate::watcher::seen::Seen;
use crate::watcher::survey::Survey;
use crate::watcher::task::Message;
use crate::watcher::touch::{Hidden, Touched};
use crate::watcher::unreported::Unreported;
use crate::watcher::watches::{FileEvent, Growth, Reports, Watches};

/// The state of the thread.
pub(super) struct Watch {
    watches: Watches,
    survey: Survey,
    unreported: Unreported,
    mounts: Mounts,
    baseline: Baseline,
    seen: Seen,
    /// Belongs to the current batch of messages, because `.gitignore` files may change between batches.
    ignored: Ignored,
    pace: Pace,
    polled: Polled,
    /// The file systems that the user knows to be polled.
    reported: BTreeSet<Shared>,
    /// The barriers that wait for the next verification.
    waiting: Vec<oneshot::Sender<()>>,
    proofs: Proofs,
    scope: Scope,
    status_rx: watch::Receiver<Status>,
    event_tx: mpsc::Sender<Event>,
}

impl Watch {
    /// The times that new directories are looked for, one after the other. A program may make them without end.
    const ROUNDS: usize = 20;

    /// Returns a watch of nothing yet. Messages about events go to `message_tx`.
    pub(super) fn new(
        scope: Scope,
        status_rx: watch::Receiver<Status>,
        proofs: Proofs,
        event_tx: mpsc::Sender<Event>,
        message_tx: &Sender<Message>,
    ) -> anyhow::Result<Watch> {
        let watches = Watches::new(scope.polling(), message_tx).context("cannot watch files")?;
        Ok(Watch {
            watches,
            survey: Survey::default(),
            unreported: Unreported::default(),
            mounts: Mounts::new(),
            baseline: Baseline::default(),
            seen: Seen::default(),
            ignored: Ignored::default(),
            pace: Pace::default(),
            polled: Polled::default(),
            reported: BTreeSet::new(),
            waiting: Vec::new(),
            proofs,
            scope,
            status_rx,
            event_tx,
        })
    }

    /// Watches until the dev server ends.
    pub(super) fn run(mut self, message_rx: &Receiver<Message>) {
        let scope = self.scope.clone();
        let first = Batch {
            scope: Some(scope),
            doubt: Doubt::Directories,
            ..Batch::default()
        };
        let mut next = self.conclude(first);
        while next.is_some() {
            next = self.step(message_rx);
        }
    }

    fn step(&mut self, message_rx: &Receiver<Message>) -> Option<()> {
        self.ignored = Ignored::default();
        let mut batch = Batch::default();
        let received = self.receive(message_rx);
        if self.proofs.withdraw() {
            batch.doubt = Doubt::Directories;
        }
        match received {
            Ok(message) => self.take(message, &mut batch)?,
            Err(RecvTimeoutError::Timeout) => batch.doubt = batch.doubt.max(Doubt::Content),
            Err(RecvTimeoutError::Disconnected) => return None,
        }
        for path in self.polled.changes() {
            self.classify(
                Ok(notify::Event::new(EventKind::Any).add_path(path)),
                &mut batch,
            );
        }
        while let Ok(message) = message_rx.try_recv() {
            self.take(message, &mut batch)?;
        }
        // After the messages: the barriers among them are for the events up to now.
        for event in self.watches.queued() {
            self.classify(Ok(event), &mut batch);
        }
        self.conclude(batch)
    }

    /// Waits for a message, or for the time at which the inputs are to be verified without one.
    fn receive(&mut self, message_rx: &Receiver<Message>) -> Result<Message, RecvTimeoutError> {
        // The first comparison would have to read these files, too, if only their attributes changed.
        while self.waiting.is_empty() && self.baseline.has_unread() {
            match message_rx.try_recv() {
                Ok(message) => return Ok(message),
                Err(TryRecvError::Empty) => self.baseline.read_some(),
                Err(TryRecvError::Disconnected) => return Err(RecvTimeoutError::Disconnected),
            }
        }
        while self.waiting.is_empty() && self.polled.is_due() {
            match message_rx.try_recv() {
                Ok(message) => return Ok(message),
                Err(TryRecvError::Empty) => self.polled.look(),
                Err(TryRecvError::Disconnected) => return Err(RecvTimeoutError::Disconnected),
            }
        }
        if self.polled.have_changed() {
            return Err(RecvTimeoutError::Timeout);
        }
        let is_reported = self.watches.reports() != Reports::Nothing && self.reports_all_changes();
        match self.pace.next(self.waiting.len(), is_reported) {
            Some(time) => message_rx.recv_timeout(time),
            None => Ok(message_rx.recv()?),
        }
    }

    /// Adds a message to the batch. Returns `None` if the dev server ends.
    fn take(&mut self, message: Message, batch: &mut Batch) -> Option<()> {
        match message {
            Message::Event(event) => self.classify(event, batch),
            #[cfg(target_os = "linux")]
            Message::Queued => {}
            Message::Scope(scope) => batch.scope = Some(scope),
            Message::Barrier(done) => self.waiting.push(done),
            Message::Mounted => batch.doubt = Doubt::Directories,
            Message::End => return None,
        }
        Some(())
    }

    /// Does what the batch requires, and sends the changes, then the barriers that they were before.
    fn conclude(&mut self, mut batch: Batch) -> Option<()> {
        let mut differences = Vec::new();
        if let Some(scope) = batch.scope.take() {
            differences = self.adopt(scope);
            batch.doubt = batch.doubt.max(Doubt::Paths);
        }
        let is_trusted = self.is_trusted();
        let is_due = !self.waiting.is_empty() && self.pace.is_due(is_trusted);
        if !self.waiting.is_empty() && self.mounts.have_changed() {
            batch.doubt = Doubt::Directories;
        }
        let is_looked_at = is_due || !self.waiting.is_empty() && self.unreported.are_few();
        if (is_looked_at || batch.doubt >= Doubt::Content) && self.unreported.have_changed() {
            batch.doubt = batch.doubt.max(Doubt::Paths);
        }
        if batch.doubt >= Doubt::Directories {
            self.survey.find_directories(&self.scope);
            self.unreported.disarm();
        }
        if batch.doubt >= Doubt::Paths {
            self.follow_new(&mut batch);
        }
        if batch.doubt >= Doubt::Content || is_due {
            differences.extend(self.verify());
        }
        let is_open = is_trusted || is_due || batch.doubt >= Doubt::Content;
        let mut touched = Touched::default();
        for change in self.changes(differences, &mut touched) {
            batch.merge(change);
        }
        for notice in touched.notices() {
            self.send(Event::Notice(notice))?;
        }
        if batch.events == Events::Lost {
            // A build that is the same as before reloads no page, but a file that the app reads may have changed.
            let assets = Change::new(Cause::Overflow, Effect::Reload);
            self.send(Event::Change(assets))?;
        }
        if let Some(change) = batch.change {
            self.send(Event::Change(change))?;
        }
        for warning in self.watches.warnings() {
            self.send(Event::Notice(warning))?;
        }
        for notice in self.news_of_file_systems() {
            self.send(Event::Notice(notice))?;
        }
        // Before the barriers: the requests that they let through may be followed by others at once.
        if let Some(conclusion) = self.conclusion() {
            self.proofs.give(conclusion);
        }
        if is_open {
            for done in mem::take(&mut self.waiting) {
                self.send(Event::Barrier(done))?;
            }
        }
        Some(())
    }

    /// Returns the proof for requests that everything up to now has been sent, where they can find out that nothing has happened since.
    fn conclusion(&mut self) -> Option<Conclusion> {
        // What waits for a slow file system is this thread, and no request.
        let is_fast = self.scope.polling() == Polling::Auto && self.unreported.are_near_the_root();
        if !self.is_trusted() || !is_fast {
            return None;
        }
        self.unreported.arm();
        Some(Conclusion {
            queue: self.watches.queue()?.clone(),
            scope: self.scope.clone(),
            unreported: self.unreported.clone(),
            until: self.pace.due()?,
        })
    }

    /// Returns the notices of file systems that are polled from now on.
    fn news_of_file_systems(&mut self) -> Vec<String> {
        let shared = self.survey.shared().into_iter();
        let new = shared.filter(|shared| !self.reported.contains(*shared));
        let new: Vec<Shared> = new.cloned().collect();
        self.reported.extend(new.iter().cloned());
        new.iter().map(Shared::notice).collect()
    }

    fn send(&self, event: Event) -> Option<()> {
        self.event_tx.blocking_send(event).ok()
    }

    /// Adopts the scope that the loop has sent. Returns the inputs that have changed while the build read them.
    fn adopt(&mut self, scope: Scope) -> Vec<Difference> {
        let is_new = !scope.has_base_of(&self.scope);
        if is_new || scope.is_certain() != self.scope.is_certain() {
            self.survey.find_directories(&scope);
        }
        self.scope = scope;
        let differences = self.baseline.adopt(&self.scope);
        if is_new {
            // Cargo has written it itself while it read the manifests.
            self.baseline.restamp_all(is_lock);
        }
        differences
    }

    /// Watches the directories, and looks into the new ones once more: what came before they were watched had no event.
    fn follow_new(&mut self, batch: &mut Batch) {
        let directories = mem::take(&mut batch.directories);
        for _ in 0..Self::ROUNDS {
            if self.follow() == Growth::None || directories.is_empty() {
                break;
            }
            for directory in &directories {
                self.look_into(directory, batch);
            }
        }
    }

    /// Watches the directories of the roots, and those that the inputs lead through now.
    fn follow(&mut self) -> Growth {
        let mut growth = Growth::None;
        for _ in 0..Self::ROUNDS {
            // A name that has come into a directory before that was watched had no event.
            if self.watch_directories() == Growth::None {
                break;
            }
            growth = Growth::Grown;
        }
        if self.scope.polling() == Polling::Auto && self.watches.reports() != Reports::Nothing {
            self.survey.look_at_file_systems();
            self.polled.replace(self.survey.shared_roots());
        }
        growth
    }

    fn watch_directories(&mut self) -> Growth {
        self.unreported.look_at_new();
        self.survey.follow(&self.scope, self.baseline.directories());
        let mut growth = Growth::None;
        if self.watches.reports() != Reports::Nothing {
            let files = self.baseline.files_with_other_names();
            let files = files.chain(self.unreported.files());
            let watched = self.survey.directories().chain(files.map(Path::to_owned));
            growth = self.watches.replace(watched);
        }
        // The system's limit may have been reached just now.
        if self.watches.reports() == Reports::Nothing {
            // Polling reads every file in a directory, and a home directory has large ones. The inputs are verified anyway.
            growth = self.watches.replace(self.survey.roots());
        }
        growth.max(self.find_unreported())
    }

    /// Finds the names whose changes the system does not report. Where it reports none, each request has its own verification.
    fn find_unreported(&mut self) -> Growth {
        if self.watches.queue().is_none() {
            return self.unreported.replace([]);
        }
        let names = self
            .survey
            .unreported(|directory| self.watches.holds(directory));
        self.unreported.replace(names)
    }

    /// Returns `true` if every change up to now was read from the queue, or seen by a look at few names.
    fn is_trusted(&self) -> bool {
        self.watches.queue().is_some() && self.reports_all_changes()
    }

    /// Returns `true` if every change is reported, or seen by a look at few names.
    fn reports_all_changes(&self) -> bool {
        self.survey.reports_all_changes() && self.unreported.are_few()
    }

    /// Compares the inputs with their stamps.
    fn verify(&mut self) -> Vec<Difference> {
        let is_building = matches!(self.status_rx.borrow().phase, Phase::Building(_));
        let began = Instant::now();
        // Cargo writes its lock file, too. It is looked at once cargo has ended.
        let skips = |path: &Path| is_building && is_lock(path);
        let names = self.baseline.files_with_other_names().count();
        let mut differences = self.baseline.verify(&self.scope, skips);
        if !differences.is_empty() || names != self.baseline.files_with_other_names().count() {
            for _ in 0..Self::ROUNDS {
                // Nor had what has changed in a new directory.
                if self.follow() == Growth::None {
                    break;
                }
                differences.extend(self.baseline.verify(&self.scope, skips));
            }
        }
        self.pace.note(began, Instant::now());
        differences
    }

    /// Returns the changes for inputs that differ. Those that cargo would not notice get a later time, and are in `touched`.
    fn changes(&mut self, differences: Vec<Difference>, touched: &mut Touched) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut missed: BTreeMap<Hidden, Vec<PathBuf>> = BTreeMap::new();
        for Difference { path, work, hidden } in differences {
            changes.push(self.scope.change(&path, work));
            if let Some(hidden) = hidden {
                missed.entry(hidden).or_default().push(path);
            }
        }
        for (hidden, paths) in missed {
            let files = paths.iter().map(|path| self.scope.file(path));
            touched.touch(&hidden, files, self.scope.next_time());
            for path in paths.iter().map(PathBuf::as_path).chain([hidden.path()]) {
                self.baseline.restamp(path);
            }
        }
        changes
    }

    fn classify(&mut self, event: FileEvent, batch: &mut Batch) {
        let Ok(event) = event else {
            return;
        };
        if event.need_rescan() {
            return self.overflow(batch);
        }
        let is_of_names = !matches!(
            event.kind,
            EventKind::Access(_) | EventKind::Modify(ModifyKind::Data(_))
        );
        for path in paths::touched(&event, self.watches.reports()) {
            if self.survey.is_relevant(path) || self.scope.covers(path) {
                let doubt = if is_of_names {
                    Doubt::Paths
                } else {
                    Doubt::Content
                };
                batch.doubt = batch.doubt.max(doubt);
            }
            self.touched(path, event.kind, batch);
        }
    }

    /// Classifies an event about a path that may be no input.
    fn touched(&mut self, path: &Path, kind: EventKind, batch: &mut Batch) {
        if is_directory(path) {
            self.look_into(path, batch);
            batch.directories.insert(path.to_owned());
            return;
        }
        let is_of_names = matches!(
            kind,
            EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) | EventKind::Any
        );
        let was_watched = is_of_names && self.watches.forget(path);
        if was_watched {
            // It may have been made again since, and be watched under the same name.
            batch.doubt = batch.doubt.max(Doubt::Paths);
        }
        let was_directory = was_watched || matches!(kind, EventKind::Remove(RemoveKind::Folder));
        if !was_directory {
            self.changed(path, batch);
        } else if self.scope.covers(path) {
            batch.merge(self.scope.change(path, Work::RELOAD));
        }
    }

    /// Takes a directory up if it is in a root, and classifies the files in it.
    fn look_into(&mut self, directory: &Path, batch: &mut Batch) {
        for file in self.survey.add(directory, &self.scope) {
            self.changed(&file, batch);
        }
    }

    fn changed(&mut self, path: &Path, batch: &mut Batch) {
        if self.baseline.has(path) {
            return;
        }
        let Some(work) = self.scope.work(path, &mut self.ignored) else {
            return;
        };
        // Saving a file unchanged retries what has failed, and does nothing otherwise.
        if self.seen.is_news(path) || self.has_failed() {
            batch.merge(self.scope.change(path, work));
        }
    }

    fn has_failed(&self) -> bool {
        let phase = &self.status_rx.borrow().phase;
        matches!(phase, Phase::Failed | Phase::Crashed(_))
    }

    /// Starts over after the kernel's queue was full and events were lost: anything may have changed.
    fn overflow(&mut self, batch: &mut Batch) {
        self.seen = Seen::default();
        batch.doubt = Doubt::Directories;
        batch.events = Events::Lost;
        batch.merge(self.scope.unknown_change());
    }
}

fn is_lock(path: &Path) -> bool {
    path.ends_with("Cargo.lock")
}

/// Returns `true` for a directory. A link to one is not followed: it may lead to all files of the machine.
fn is_directory(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}
