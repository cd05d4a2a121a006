//! The loop: one attempt at a time, each dropped by the next change.

use std::pin::pin;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::dev::burst::{Arrival, Before, Burst, Files, Number, Turn};
use crate::dev::inbox::Inbox;
use crate::dev::sequel::Sequel;
use crate::dev::session::Session;
use crate::state::{Cause, Change, Effect, Status};

/// The loop: one attempt at a time, each dropped by the next change. Returns only with `--once`, with the exit code.
pub(super) async fn attempts(
    session: &mut Session<'_>,
    mut inbox: Inbox,
) -> anyhow::Result<ExitCode> {
    let mut change = Change::new(Cause::Started, Effect::Rebuild);
    let mut burst = Burst::new(session.dev.watch.debounce);
    let mut turn = Turn {
        number: Number::Next,
        wait: Duration::ZERO,
    };
    let status = session.status.subscribe();
    loop {
        match turn.number {
            Number::Next => session.status.announce(&change),
            Number::Same => session.status.extend(&change),
        }
        let next = match run(session, &mut inbox, &change, turn.wait).await? {
            Sequel::Attempt(next) => next,
            Sequel::Exit(code) => return Ok(code),
        };
        // Cargo, or an app that was starting, ended when the attempt was dropped.
        let arrival = arrival(&next, &status.borrow());
        turn = burst.turn(arrival);
        session.hooks.skipped = inbox.skipped_hook();
        match arrival.before {
            // The dropped attempt's work is still to be done.
            Before::Cancelled => change.merge(next),
            Before::Ended => change = next,
        }
    }
}

/// Makes an attempt until it is over, or the next change drops it. With `--once`, no change does.
async fn run(
    session: &mut Session<'_>,
    inbox: &mut Inbox,
    change: &Change,
    wait: Duration,
) -> anyhow::Result<Sequel> {
    let scripts = session.scripts();
    let is_only = session.dev.run.once;
    let mut attempt = pin!(session.attempt(change, wait));
    loop {
        tokio::select! {
            biased;
            next = inbox.change(&scripts) => {
                let next = next?;
                if !is_only {
                    return Ok(Sequel::Attempt(next));
                }
            }
            sequel = attempt.as_mut() => return sequel,
        }
    }
}

fn arrival(change: &Change, status: &Status) -> Arrival {
    Arrival {
        now: Instant::now(),
        before: if status.phase.is_under_way() {
            Before::Cancelled
        } else {
            Before::Ended
        },
        files: files(&change.cause),
    }
}

fn files(cause: &Cause) -> Files {
    match cause {
        Cause::Changed(files) if files.paths().all(|path| !path.exists()) => Files::Gone,
        Cause::Changed(_)
        | Cause::Started
        | Cause::Requested
        | Cause::RestartRequested
        | Cause::Crashed
        | Cause::Overflow => Files::Present,
    }
}
