//! What the loop is sent. All that asks for no attempt is dealt with here.

use anyhow::Context as _;
use tokio::sync::{mpsc, watch};

use crate::assets::Assets;
use crate::dev::generated::{Generated, Scripts, Source};
use crate::state::{Change, Effect, Event, Phase, Status};

/// What the loop is sent.
pub(super) struct Inbox {
    events: mpsc::Receiver<Event>,
    assets: watch::Sender<Assets>,
    notices: mpsc::UnboundedSender<String>,
    generated: Generated,
}

impl Inbox {
    /// The events to come. What browsers show without a build goes to `assets`, and what the person should know to `notices`.
    pub(super) fn new(
        events: mpsc::Receiver<Event>,
        assets: watch::Sender<Assets>,
        notices: mpsc::UnboundedSender<String>,
    ) -> Inbox {
        Inbox {
            events,
            assets,
            notices,
            generated: Generated::default(),
        }
    }

    /// Waits for a change that asks for an attempt.
    pub(super) async fn change(
        &mut self,
        status: &watch::Receiver<Status>,
        scripts: &Scripts,
    ) -> anyhow::Result<Change> {
        loop {
            let event = self.events.recv().await;
            match event.context("nobody watches any more")? {
                Event::Change(change) if !is_of_use(&change, &status.borrow()) => {
                    self.assets.send_if_modified(|assets| assets.take(&change));
                }
                Event::Change(change) => {
                    let source = self.generated.source(&change, &status.borrow(), scripts);
                    match source {
                        Source::Person => return Ok(change),
                        Source::Build => {}
                        Source::Revealed => self.say(written_by_build(&change))?,
                    }
                }
                // Whoever asked has left, or learns now that the changes before are announced.
                Event::Barrier(done) => drop(done.send(())),
                Event::Notice(text) => self.say(text)?,
            }
        }
    }

    fn say(&self, text: String) -> anyhow::Result<()> {
        self.notices.send(text).context("the terminal is gone")
    }
}

fn written_by_build(change: &Change) -> String {
    format!(
        "the build itself writes {}: that starts no other",
        change.cause
    )
}

/// Does this change ask for an attempt? A file that the app reads when it runs only does when the app does not run.
fn is_of_use(change: &Change, status: &Status) -> bool {
    change.effect > Effect::Reload || matches!(status.phase, Phase::Crashed(_))
}
