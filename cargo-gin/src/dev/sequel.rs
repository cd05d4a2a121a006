//! The sequel of an attempt that is over without another change.

use std::future::pending;
use std::process::ExitCode;

use tokio::time::sleep;

use crate::cli::Restart;
use crate::dev::crash_site::CrashSite;
use crate::dev::session::Session;
use crate::os::exit::ExitStatus;
use crate::sides::Backoff;
use crate::state::{Cause, Change, Exit, Revival};

/// The exit code of cargo for code that does not build.
pub(super) const BUILD_FAILED: u8 = 101;

/// The sequel of an attempt.
pub(super) enum Sequel {
    /// The next attempt, for this change.
    Attempt(Change),
    /// The end of the dev server.
    Exit(ExitCode),
}

impl Session<'_> {
    /// Returns the sequel of an attempt that did not lead to an app: the next change, or with `--once` the end with this code.
    pub(super) async fn after_build(&self, code: ExitCode) -> Sequel {
        if self.dev.run.once {
            return Sequel::Exit(code);
        }
        pending().await
    }

    /// Returns what starts an app again that exited by itself, and takes note of its crash.
    pub(super) fn revival(&mut self, exit: &Exit) -> Revival {
        if self.dev.run.restart == Restart::Never {
            Revival::Save
        } else if self.repeats(exit) {
            Revival::Edit
        } else {
            Revival::Pause
        }
    }

    /// Returns the sequel of an app that exited by itself, once it is time for it.
    pub(super) async fn after_exit(&mut self, exit: &Exit, revival: Revival) -> Sequel {
        if self.dev.run.once {
            return Sequel::Exit(code(exit.status));
        }
        if revival != Revival::Pause {
            return pending().await;
        }
        sleep(self.backoff.after(exit.uptime)).await;
        if self.dev.run.restart == Restart::OnRequest {
            self.status.await_request();
            self.slot.demanded().await;
        }
        Sequel::Attempt(Change::restart(Cause::Crashed))
    }

    /// Forgets earlier crashes, unless the attempt repeats what crashed.
    pub(super) fn forgive(&mut self, change: &Change) {
        if change.cause != Cause::Crashed {
            self.backoff = Backoff::new();
            self.last_crash = None;
        }
    }

    /// Takes note of a crash, and returns `true` if the one before was at the same place.
    fn repeats(&mut self, exit: &Exit) -> bool {
        let root = self.status.subscribe().borrow().target.root.clone();
        let site = CrashSite::of(exit, &root);
        let is_same = |before: CrashSite| site.as_ref().is_some_and(|site| site.is_same(&before));
        let repeats = self.last_crash.take().is_some_and(is_same);
        self.last_crash = site;
        repeats
    }
}

/// Returns the exit code of a process as shells do: 128 plus the signal's number for one that a signal ended.
fn code(status: ExitStatus) -> ExitCode {
    let number = match status {
        // Unix has eight bits. Other systems have more, and a nonzero code must not become zero.
        ExitStatus::Code(code) => u8::try_from(code).unwrap_or(1),
        ExitStatus::Signal { number, .. } => u8::try_from(128 + number).unwrap_or(1),
    };
    ExitCode::from(number)
}
