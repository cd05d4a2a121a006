//! The inbox of the loop. It handles every event that requires no attempt.

use anyhow::Context as _;
use tokio::sync::{mpsc, watch};

use crate::assets::Assets;
use crate::dev::generated::{Author, Generated, Scripts};
use crate::state::{Change, Effect, Event, Phase, Status};

/// The events for the loop.
pub(super) struct Inbox {
    event_rx: mpsc::Receiver<Event>,
    assets_tx: watch::Sender<Assets>,
    notice_tx: mpsc::UnboundedSender<String>,
    generated: Generated,
}

impl Inbox {
    /// Changes that need no build go to `assets_tx`, and notices for the user to `notice_tx`.
    pub(super) fn new(
        event_rx: mpsc::Receiver<Event>,
        assets_tx: watch::Sender<Assets>,
        notice_tx: mpsc::UnboundedSender<String>,
    ) -> Inbox {
        Inbox {
            event_rx,
            assets_tx,
            notice_tx,
            generated: Generated::default(),
        }
    }

    /// Waits for a change that requires an attempt.
    pub(super) async fn change(
        &mut self,
        status: &watch::Receiver<Status>,
        scripts: &Scripts,
    ) -> anyhow::Result<Change> {
        loop {
            let event = self.event_rx.recv().await;
            match event.context("the watcher is gone")? {
                Event::Change(change) if !requires_attempt(&change, &status.borrow()) => {
                    self.assets_tx
                        .send_if_modified(|assets| assets.take(&change));
                }
                Event::Change(change) => {
                    let author = self.generated.author(&change, &status.borrow(), scripts);
                    match author {
                        Author::User => return Ok(change),
                        Author::Build => {}
                        Author::RevealedBuild => self.notify(written_by_build(&change))?,
                    }
                }
                // The loop has announced all changes before. An error means that the request was cancelled.
                Event::Barrier(done) => drop(done.send(())),
                Event::Notice(text) => self.notify(text)?,
            }
        }
    }

    fn notify(&self, text: String) -> anyhow::Result<()> {
        self.notice_tx.send(text).context("the terminal is gone")
    }
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
