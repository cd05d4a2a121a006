//! The binaries of the workspace that run beside the app, as the last good build made them.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;

use crate::runner::Program;

/// The binaries of one build, by their names. There are none before the first good build.
#[derive(Clone, Debug, Default)]
pub(crate) struct Binaries {
    programs: Arc<BTreeMap<String, Program>>,
    /// The number of the build.
    number: u64,
}

/// Publishes the binaries of each build.
#[derive(Debug)]
pub(crate) struct Publisher {
    binaries_tx: watch::Sender<Binaries>,
    /// The last builds that the supervisors have looked at.
    seen: Vec<watch::Receiver<u64>>,
}

impl Binaries {
    /// Returns the binary with this name.
    pub(super) fn find(&self, name: &str) -> Option<&Program> {
        self.programs.get(name)
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }
}

impl Publisher {
    pub(super) fn new(
        binaries_tx: watch::Sender<Binaries>,
        seen: Vec<watch::Receiver<u64>>,
    ) -> Publisher {
        Publisher { binaries_tx, seen }
    }

    /// Publishes the binaries of a build, and waits until no process of an older one counts as ready.
    pub(crate) async fn publish(&mut self, programs: BTreeMap<String, Program>) {
        let number = self.binaries_tx.borrow().number + 1;
        self.binaries_tx.send_replace(Binaries {
            programs: Arc::new(programs),
            number,
        });
        for seen in &mut self.seen {
            // An error means that the dev server is ending.
            let _ = seen.wait_for(|seen| *seen >= number).await;
        }
    }
}
