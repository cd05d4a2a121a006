//! The loop: one attempt at a time, each dropped by the next change.

use std::convert::Infallible;

use anyhow::Context as _;
use tokio::pin;
use tokio::sync::{mpsc, watch};

use super::attempt::{Pace, Session};
use super::burst::Burst;
use super::generated::{Generated, Source};
use crate::assets::Assets;
use crate::change::{Cause, Change, Effect, Event};
use crate::phase::{Phase, Said, Status};

/// The loop: one attempt at a time, each dropped by the next change.
pub(super) async fn attempts(
    session: &mut Session<'_>,
    mut inbox: mpsc::Receiver<Event>,
    assets: &watch::Sender<Assets>,
) -> anyhow::Result<Infallible> {
    let mut change = Change {
        cause: Cause::Started,
        effect: Effect::Rebuild,
    };
    let mut burst = Burst::new(session.dev.watch.debounce);
    let mut generated = Generated::default();
    let mut pace = Pace::AtOnce;
    loop {
        session.announce(&change);
        let (statuses, said) = (session.status.subscribe(), session.said.clone());
        let scripts = session.scripts();
        let next = {
            let attempt = session.attempt(&change, pace);
            pin!(attempt);
            loop {
                tokio::select! {
                    biased;
                    event = inbox.recv() => match event.context("nobody watches any more")? {
                        Event::Change(next) if is_of_use(&next, &statuses.borrow()) => {
                            let source = generated.source(&next, &statuses.borrow(), &scripts);
                            match source {
                                Source::Person => break next,
                                Source::Build => {}
                                Source::Revealed => said.send(Said::Notice(written_by_build(&next))).await?,
                            }
                        }
                        Event::Change(other) => drop(assets.send_if_modified(|assets| assets.take(&other))),
                        // Whoever asked has left, or learns now that the changes before are announced.
                        Event::Barrier(done) => drop(done.send(())),
                        Event::Notice(text) => said.send(Said::Notice(text)).await?,
                    },
                    failed = &mut attempt => match failed? {},
                }
            }
        };
        // Whatever the attempt had running, cargo or an app that was starting, ended when it was dropped.
        pace = burst.pace(&next, &session.status.borrow().target.root);
        let is_unfinished = matches!(
            statuses.borrow().phase,
            Phase::Building(_) | Phase::Starting(_)
        );
        if is_unfinished {
            change.merge(next);
        } else {
            change = next;
        }
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
