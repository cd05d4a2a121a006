//! Requests that the app lost: they were for it, and it did not respond.

use std::future::pending;
use std::path::{Path, PathBuf};

use tokio::sync::watch;

use crate::panic::Panic;
use crate::proxy::access::Refusal;
use crate::state::{Reachable, Tail};

/// A request that the app lost, and the output that may say why.
pub(crate) struct Loss {
    /// The way in which it was lost.
    pub(crate) refusal: Refusal,
    /// The output since the request was sent, or the last output if there is none since.
    pub(crate) output: Tail,
    /// The panics since the request was sent, oldest first.
    pub(crate) panics: Vec<Panic>,
}

/// The output of an app since a request was sent to it.
pub(crate) struct OutputSince {
    output: watch::Receiver<Tail>,
    /// The number of lines before.
    before: u64,
    directory: PathBuf,
}

impl OutputSince {
    /// Returns the output of an app from now on.
    pub(crate) fn now(app: &Reachable) -> OutputSince {
        let before = app.output.borrow().count();
        OutputSince {
            output: app.output.clone(),
            before,
            directory: app.directory.clone(),
        }
    }

    /// Waits until the output has a panic.
    pub(crate) async fn panicked(&mut self) {
        let before = self.before;
        let panicked = |tail: &Tail| !tail.after(before).panics().is_empty();
        if self.output.wait_for(panicked).await.is_err() {
            // The app is gone, and its output complete.
            pending::<()>().await;
        }
    }

    /// Returns the loss of a request. Files in its panics are named relative to `root`.
    pub(crate) fn explain(&self, refusal: Refusal, root: &Path) -> Loss {
        let all = self.output.borrow().clone();
        let since = all.after(self.before);
        let panics = since.panics().into_iter();
        Loss {
            refusal,
            panics: panics
                .map(|panic| panic.named(&self.directory, root))
                .collect(),
            output: if since.count() > self.before {
                since
            } else {
                all
            },
        }
    }
}
