//! The wait for a newer build of a binary.

use std::convert::Infallible;
use std::future::pending;

use tokio::sync::watch;

use crate::runner::{Executable, Program};
use crate::sides::binaries::Binaries;
use crate::state::{Phase, Progress, Status};

/// The wait for a build of a binary that differs from the one that was started.
pub(super) struct Newer {
    pub(super) binaries_rx: watch::Receiver<Binaries>,
    pub(super) seen_tx: watch::Sender<u64>,
    pub(super) status_tx: watch::Sender<Status>,
    /// The name of the binary that was started, if it is one of the workspace.
    pub(super) name: Option<String>,
    pub(super) program: Option<Program>,
    pub(super) executable: Option<Executable>,
}

impl Newer {
    /// Waits for a build with other bytes or other variables. Never returns for a command of the user's.
    pub(super) async fn built(&mut self) {
        let Some(name) = &self.name else {
            return pending().await;
        };
        // An error means that the dev server is ending.
        while self.binaries_rx.changed().await.is_ok() {
            let binaries = self.binaries_rx.borrow_and_update().clone();
            let found = binaries.find(name).cloned();
            let is_same = match (&found, &self.executable) {
                (Some(program), Some(executable)) => {
                    found == self.program && executable.equals(&program.executable).await
                }
                _ => false,
            };
            if !is_same {
                // From here on no request reaches the old code.
                self.status_tx
                    .send_modify(|status| status.phase = Phase::Building(Progress::default()));
            }
            self.seen_tx.send_replace(binaries.number());
            if !is_same {
                return;
            }
        }
        pending::<()>().await;
    }

    /// Lets all builds pass, for a process that does not start again.
    pub(super) async fn passed_over(&mut self) -> Infallible {
        // An error means that the dev server is ending.
        while self.binaries_rx.changed().await.is_ok() {
            let number = self.binaries_rx.borrow_and_update().number();
            self.seen_tx.send_replace(number);
        }
        pending().await
    }
}
