//! The loop: one attempt at a time, each dropped by the next change.

use std::convert::Infallible;

use crate::dev::burst::{Burst, Pace};
use crate::dev::inbox::Inbox;
use crate::dev::session::Session;
use crate::state::{Cause, Change, Effect, Phase};

/// The loop: one attempt at a time, each dropped by the next change.
pub(super) async fn attempts(
    session: &mut Session<'_>,
    mut inbox: Inbox,
) -> anyhow::Result<Infallible> {
    let mut change = Change::new(Cause::Started, Effect::Rebuild);
    let mut burst = Burst::new(session.dev.watch.debounce);
    let mut pace = Pace::AtOnce;
    let status = session.status.subscribe();
    loop {
        session.status.announce(&change);
        let scripts = session.scripts();
        let next = tokio::select! {
            biased;
            next = inbox.change(&status, &scripts) => next?,
            failed = session.attempt(&change, pace) => match failed? {},
        };
        // Cargo, or an app that was starting, ended when the attempt was dropped.
        pace = burst.pace(&next, &status.borrow().target.root);
        let is_unfinished = matches!(
            status.borrow().phase,
            Phase::Building(_) | Phase::Starting(_)
        );
        // The dropped attempt's work is still to be done.
        if is_unfinished {
            change.merge(next);
        } else {
            change = next;
        }
    }
}
