//! The connection between the watching thread and the tasks of the dev server.

use std::io;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use anyhow::Context as _;
use tokio::sync::{mpsc, oneshot, watch};

use crate::state::{Event, Proof, Status};
use crate::watcher::mounts;
use crate::watcher::proof::Proofs;
use crate::watcher::scope::Scope;
use crate::watcher::watch::Watch;
use crate::watcher::watches::FileEvent;

/// A message to the watching thread.
pub(super) enum Message {
    Event(FileEvent),
    /// Events can be read from the kernel's queue.
    #[cfg(target_os = "linux")]
    Queued,
    Scope(Scope),
    Barrier(oneshot::Sender<()>),
    /// A file system was mounted or unmounted.
    Mounted,
    /// The dev server ends.
    End,
}

/// Watches the files of a [`Scope`] and sends their changes, until the senders are gone.
///
/// The thread beside it may wait for a slow file system. Requests and signals do not wait with it for long.
pub(crate) struct Watcher {
    scope_rx: watch::Receiver<Scope>,
    barrier_rx: mpsc::Receiver<oneshot::Sender<()>>,
    message_tx: Sender<Message>,
    proofs: Proofs,
}

impl Watcher {
    /// Begins to watch. Changes from now on are sent to `event_tx`, and so is each barrier once the changes before it are sent.
    pub(crate) fn start(
        mut scope_rx: watch::Receiver<Scope>,
        status_rx: watch::Receiver<Status>,
        barrier_rx: mpsc::Receiver<oneshot::Sender<()>>,
        event_tx: mpsc::Sender<Event>,
    ) -> anyhow::Result<Watcher> {
        let (message_tx, message_rx) = channel();
        let scope = scope_rx.borrow_and_update().clone();
        let proofs = Proofs::new(scope_rx.clone());
        let watch = Watch::new(scope, status_rx, proofs.clone(), event_tx, &message_tx)?;
        run_on_thread(watch, message_rx).context("cannot start a thread")?;
        let sender = message_tx.clone();
        mounts::follow(move || sender.send(Message::Mounted).is_ok());
        Ok(Watcher {
            scope_rx,
            barrier_rx,
            message_tx,
            proofs,
        })
    }

    /// Returns what shows that all changes so far were sent.
    pub(crate) fn proof(&self) -> impl Proof + use<> {
        self.proofs.clone()
    }

    /// Passes on what the thread needs, until the senders are gone.
    pub(crate) async fn run(mut self) {
        while let Some(message) = self.next().await {
            if self.message_tx.send(message).is_err() {
                return;
            }
        }
        // An error means that the thread has ended already.
        let _ = self.message_tx.send(Message::End);
    }

    async fn next(&mut self) -> Option<Message> {
        tokio::select! {
            // In this order: a barrier is requested after the build whose scope must be verified for it.
            biased;
            scope = self.scope_rx.changed() => {
                scope.ok()?;
                Some(Message::Scope(self.scope_rx.borrow_and_update().clone()))
            }
            barrier = self.barrier_rx.recv() => barrier.map(Message::Barrier),
        }
    }
}

fn run_on_thread(watch: Watch, message_rx: std::sync::mpsc::Receiver<Message>) -> io::Result<()> {
    let builder = thread::Builder::new().name("watcher".to_owned());
    builder.spawn(move || watch.run(&message_rx))?;
    Ok(())
}
