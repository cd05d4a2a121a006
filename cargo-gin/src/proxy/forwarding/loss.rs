//! Requests that the app lost: they were for it, and it did not respond.

use std::future::pending;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::panic::Panic;
use crate::proxy::access::Refusal;
use crate::state::{Life, Reachable, Tail};

/// The time in which an app that fell silent must exit for the exit to be the reason.
const AFTERMATH: Duration = Duration::from_secs(1);

/// The same for an app that panicked: most likely it goes on, and the panic explains the rest.
const AFTERMATH_OF_PANIC: Duration = Duration::from_millis(250);

/// The reason for the silence of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// Its process has exited. The phase is about to show it.
    Exit,
    /// Another one: the process runs.
    OfRunningApp,
}

/// The silence after which no more lines of an app are expected that it printed before it responded.
const QUIET: Duration = Duration::from_millis(20);

/// The longest wait for that silence.
const PATIENCE: Duration = Duration::from_millis(100);

/// A request that the app lost, and the output that may say why.
pub(crate) struct Loss {
    /// The way in which it was lost.
    pub(crate) refusal: Refusal,
    /// The output since the request was sent, or the last output if there is none since.
    pub(crate) output: Tail,
    /// The panics since the request was sent, oldest first.
    pub(crate) panics: Vec<Panic>,
}

/// The output of an app since a request was sent to it, and its exit.
pub(crate) struct OutputSince {
    output: watch::Receiver<Tail>,
    /// The number of lines before.
    before: u64,
    directory: PathBuf,
    life: Life,
}

impl OutputSince {
    /// Returns the output of an app from now on.
    pub(crate) fn now(app: &Reachable) -> OutputSince {
        let before = app.output.borrow().count();
        OutputSince {
            output: app.output.clone(),
            before,
            directory: app.directory.clone(),
            life: app.life.clone(),
        }
    }

    /// Waits until the output has a panic.
    async fn panicked(output: &mut watch::Receiver<Tail>, before: u64) {
        let panicked = |tail: &Tail| !tail.after(before).panics().is_empty();
        if output.wait_for(panicked).await.is_err() {
            // The app is gone, and its output complete.
            pending::<()>().await;
        }
    }

    /// Waits for an explanation of the app's silence: its exit, or in vain for a while.
    ///
    /// A panic in its output explains the silence as well, so the time is shorter then.
    pub(crate) async fn explained(&mut self) -> Silence {
        let panicked = async {
            OutputSince::panicked(&mut self.output, self.before).await;
            sleep(AFTERMATH_OF_PANIC).await;
        };
        tokio::select! {
            biased;
            () = self.life.ended() => Silence::Exit,
            () = panicked => Silence::OfRunningApp,
            () = sleep(AFTERMATH) => Silence::OfRunningApp,
        }
    }

    /// Returns the lines since, once the app has been quiet for a moment: they take another way than the response.
    pub(crate) async fn printed(mut self) -> Tail {
        let settled =
            async { while let Ok(Ok(())) = timeout(QUIET, self.output.changed()).await {} };
        // An app that prints all the time is not waited for.
        let _ = timeout(PATIENCE, settled).await;
        self.output.borrow().after(self.before)
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
