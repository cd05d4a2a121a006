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
use crate::watcher::tree::{Reports, Tree};

/// What notify's thread sends us.
pub(super) type Notice = notify::Result<notify::Event>;

/// Watches the files of a [`Scope`] and sends what happens to them, until the receiver is gone.
pub(crate) struct Watcher {
    tree: Tree,
    seen: Seen,
    /// As far as this batch of events has asked.
    ignored: Ignored,
    fence: Fence,
    scopes: watch::Receiver<Scope>,
    scope: Scope,
    status: watch::Receiver<Status>,
    notices: mpsc::UnboundedReceiver<Notice>,
    barriers: mpsc::Receiver<oneshot::Sender<()>>,
    events: mpsc::Sender<Event>,
}

impl Watcher {
    /// Begins to watch. Changes from now on are sent to `events`, and so are the barriers asked for.
    pub(crate) fn start(
        scopes: watch::Receiver<Scope>,
        status: watch::Receiver<Status>,
        barriers: mpsc::Receiver<oneshot::Sender<()>>,
        events: mpsc::Sender<Event>,
    ) -> anyhow::Result<Watcher> {
        let (heard, notices) = mpsc::unbounded_channel();
        let scope = scopes.borrow().clone();
        let tree = Tree::new(scope.poll(), move |notice| {
            // Nobody listens any more once the dev server ends.
            let _ = heard.send(notice);
        })
        .context("cannot watch files")?;
        let mut watcher = Watcher {
            tree,
            seen: Seen::default(),
            ignored: Ignored::default(),
            fence: Fence::default(),
            scopes,
            scope,
            status,
            notices,
            barriers,
            events,
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
            // In this order: a barrier is asked for after the events that it must let pass.
            biased;
            notice = self.notices.recv() => {
                let change = self.batch(notice?);
                if let Some(change) = change {
                    self.events.send(Event::Change(change)).await.ok()?;
                }
                for done in self.fence.reached() {
                    self.events.send(Event::Barrier(done)).await.ok()?;
                }
            }
            scope = self.scopes.changed() => {
                scope.ok()?;
                self.adopt();
            }
            barrier = self.barriers.recv() => {
                if let Some(done) = self.fence.ask(barrier?) {
                    self.events.send(Event::Barrier(done)).await.ok()?;
                }
            }
        }
        if self.tree.reports() == Reports::Nothing {
            for done in self.fence.abandon() {
                self.events.send(Event::Barrier(done)).await.ok()?;
            }
        }
        for warning in self.tree.warnings() {
            self.events.send(Event::Notice(warning)).await.ok()?;
        }
        Some(())
    }

    /// Everything that has been noticed up to now, as one change.
    fn batch(&mut self, first: Notice) -> Option<Change> {
        self.ignored = Ignored::default();
        let mut change = self.classify(first);
        while let Ok(notice) = self.notices.try_recv() {
            match (&mut change, self.classify(notice)) {
                (Some(change), Some(later)) => change.merge(later),
                (None, later) => change = later,
                (Some(_), None) => {}
            }
        }
        change
    }

    fn classify(&mut self, notice: Notice) -> Option<Change> {
        let event = match notice {
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

    /// What it means that something happened to `path`.
    fn touched(&mut self, path: &Path, kind: EventKind) -> Option<Change> {
        let scope = self.scope.clone();
        if matches!(kind, EventKind::Create(CreateKind::Folder)) || path.is_dir() {
            let files = self.tree.add(path, &scope);
            return self.changed(files.iter().map(PathBuf::as_path), &scope);
        }
        let was_folder =
            self.tree.remove(path) || matches!(kind, EventKind::Remove(RemoveKind::Folder));
        if was_folder {
            let effect = scope.effect_of_folder(path)?;
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
            // Saving again asks for another try, where there is something to be tried again.
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
            self.status.borrow().phase,
            Phase::Failed | Phase::Crashed(_)
        )
    }

    /// The kernel's queue was full and events are lost: anything may have changed.
    fn overflow(&mut self) -> Change {
        self.tree.rescan(&self.scope);
        self.seen = Seen::default();
        Change {
            cause: Cause::Overflow,
            effect: Effect::Resolve,
        }
    }

    /// Takes over what the loop has learned about the workspace.
    fn adopt(&mut self) {
        let scope = self.scopes.borrow_and_update().clone();
        if scope.has_base_of(&self.scope) {
            self.tree.watch_all(scope.single_folders());
        } else {
            self.tree.rescan(&scope);
        }
        self.scope = scope;
    }
}

/// The paths whose content, name or existence an event has changed for good. A file that is being written is not among
/// them where the system tells when it is closed.
fn touched(event: &notify::Event, reports: Reports) -> &[PathBuf] {
    let counts = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Remove(_)
        | EventKind::Modify(ModifyKind::Name(_) | ModifyKind::Metadata(MetadataKind::WriteTime))
        | EventKind::Create(CreateKind::Folder)
        | EventKind::Any => true,
        // A link comes into being at once, without being opened and closed.
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
