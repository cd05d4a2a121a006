//! The task that turns file events into changes.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use notify::EventKind;
use notify::event::{AccessKind, AccessMode, CreateKind, MetadataKind, ModifyKind, RemoveKind};
use tokio::sync::{mpsc, oneshot, watch};

use crate::state::{Cause, Change, Effect, Event, Phase, Status};
use crate::watcher::fence::Fence;
use crate::watcher::ignored::Ignored;
use crate::watcher::scope::Scope;
use crate::watcher::seen::Seen;
use crate::watcher::tree::{FileEvent, Reports, Tree};

/// Watches the files of a [`Scope`] and sends their changes, until the receiver is gone.
pub(crate) struct Watcher {
    tree: Tree,
    seen: Seen,
    /// Belongs to the current batch of events, because `.gitignore` files may change between batches.
    ignored: Ignored,
    fence: Fence,
    scope_rx: watch::Receiver<Scope>,
    scope: Scope,
    status_rx: watch::Receiver<Status>,
    file_event_rx: mpsc::UnboundedReceiver<FileEvent>,
    barrier_rx: mpsc::Receiver<oneshot::Sender<()>>,
    event_tx: mpsc::Sender<Event>,
}

impl Watcher {
    /// Begins to watch. Changes from now on are sent to `event_tx`, and so is each barrier once the changes before it are sent.
    pub(crate) fn start(
        scope_rx: watch::Receiver<Scope>,
        status_rx: watch::Receiver<Status>,
        barrier_rx: mpsc::Receiver<oneshot::Sender<()>>,
        event_tx: mpsc::Sender<Event>,
    ) -> anyhow::Result<Watcher> {
        let (file_event_tx, file_event_rx) = mpsc::unbounded_channel();
        let scope = scope_rx.borrow().clone();
        let tree = Tree::new(scope.poll(), move |event| {
            // The receiver is gone once the dev server ends.
            let _ = file_event_tx.send(event);
        })
        .context("cannot watch files")?;
        let mut watcher = Watcher {
            tree,
            seen: Seen::default(),
            ignored: Ignored::default(),
            fence: Fence::default(),
            scope_rx,
            scope,
            status_rx,
            file_event_rx,
            barrier_rx,
            event_tx,
        };
        watcher.tree.rescan(&watcher.scope);
        watcher.fence = Fence::new(&mut watcher.tree);
        Ok(watcher)
    }

    /// Watches until the other ends of the channels are gone.
    pub(crate) async fn run(mut self) {
        while self.step().await.is_some() {}
    }

    async fn step(&mut self) -> Option<()> {
        tokio::select! {
            // In this order: a barrier is requested after the events that must be sent before it.
            biased;
            event = self.file_event_rx.recv() => {
                let change = self.batch(event?);
                if let Some(change) = change {
                    self.event_tx.send(Event::Change(change)).await.ok()?;
                }
                for done in self.fence.reached() {
                    self.event_tx.send(Event::Barrier(done)).await.ok()?;
                }
            }
            scope = self.scope_rx.changed() => {
                scope.ok()?;
                self.adopt();
            }
            barrier = self.barrier_rx.recv() => {
                if let Some(done) = self.fence.request(barrier?) {
                    self.event_tx.send(Event::Barrier(done)).await.ok()?;
                }
            }
        }
        if self.tree.reports() == Reports::Nothing {
            for done in self.fence.abandon() {
                self.event_tx.send(Event::Barrier(done)).await.ok()?;
            }
        }
        for warning in self.tree.warnings() {
            self.event_tx.send(Event::Notice(warning)).await.ok()?;
        }
        Some(())
    }

    /// Merges all events up to now into one change.
    fn batch(&mut self, first: FileEvent) -> Option<Change> {
        self.ignored = Ignored::default();
        let mut change = self.classify(first);
        while let Ok(event) = self.file_event_rx.try_recv() {
            match (&mut change, self.classify(event)) {
                (Some(change), Some(later)) => change.merge(later),
                (None, later) => change = later,
                (Some(_), None) => {}
            }
        }
        change
    }

    fn classify(&mut self, event: FileEvent) -> Option<Change> {
        let event = match event {
            Ok(event) if event.need_rescan() => return Some(self.overflow()),
            Ok(event) => event,
            Err(_) => return None,
        };
        if self.fence.passes(&event) {
            return None;
        }
        let mut change: Option<Change> = None;
        for path in touched(&event, self.tree.reports()) {
            let Some(later) = self.touched(path, event.kind) else {
                continue;
            };
            match &mut change {
                Some(change) => change.merge(later),
                None => change = Some(later),
            }
        }
        change
    }

    /// Classifies an event about `path`.
    fn touched(&mut self, path: &Path, kind: EventKind) -> Option<Change> {
        let scope = self.scope.clone();
        if matches!(kind, EventKind::Create(CreateKind::Folder)) || path.is_dir() {
            let files = self.tree.add(path, &scope);
            return self.changed(files.iter().map(PathBuf::as_path), &scope);
        }
        let was_directory =
            self.tree.remove(path) || matches!(kind, EventKind::Remove(RemoveKind::Folder));
        if was_directory {
            let effect = scope.effect_of_directory(path)?;
            return Some(scope.change(path, effect));
        }
        self.changed(std::iter::once(path), &scope)
    }

    fn changed<'a>(
        &mut self,
        paths: impl Iterator<Item = &'a Path>,
        scope: &Scope,
    ) -> Option<Change> {
        let mut change: Option<Change> = None;
        for path in paths {
            let Some(effect) = scope.effect(path, &mut self.ignored) else {
                continue;
            };
            // Saving a file unchanged retries what has failed, and does nothing otherwise.
            if !self.seen.is_news(path) && !self.has_failed() {
                continue;
            }
            let later = scope.change(path, effect);
            match &mut change {
                Some(change) => change.merge(later),
                None => change = Some(later),
            }
        }
        change
    }

    fn has_failed(&self) -> bool {
        matches!(
            self.status_rx.borrow().phase,
            Phase::Failed | Phase::Crashed(_)
        )
    }

    /// Starts over after the kernel's queue was full and events were lost: anything may have changed.
    fn overflow(&mut self) -> Change {
        self.tree.rescan(&self.scope);
        self.seen = Seen::default();
        Change::new(Cause::Overflow, Effect::Resolve)
    }

    /// Adopts the scope that the loop has sent.
    fn adopt(&mut self) {
        let scope = self.scope_rx.borrow_and_update().clone();
        if scope.has_base_of(&self.scope) {
            self.tree.watch_all(scope.single_directories());
        } else {
            self.tree.rescan(&scope);
        }
        self.scope = scope;
    }
}

/// Returns the paths whose content, name or existence an event has changed for good.
///
/// A file that is still being written is not among them, if the system reports the closing of files.
fn touched(event: &notify::Event, reports: Reports) -> &[PathBuf] {
    let counts = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Remove(_)
        | EventKind::Modify(ModifyKind::Name(_) | ModifyKind::Metadata(MetadataKind::WriteTime))
        | EventKind::Create(CreateKind::Folder)
        | EventKind::Any => true,
        // A link is created without being opened and closed.
        EventKind::Create(_) if reports == Reports::Closing => {
            event.paths.iter().any(|path| is_link(path))
        }
        EventKind::Create(_) | EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Any) => {
            reports != Reports::Closing
        }
        _ => false,
    };
    if counts { &event.paths } else { &[] }
}

fn is_link(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|metadata| {
        #[cfg(unix)]
        let has_names = std::os::unix::fs::MetadataExt::nlink(&metadata) > 1;
        #[cfg(not(unix))]
        let has_names = false;
        metadata.is_symlink() || has_names
    })
}
