//! The binaries of the workspace that run beside the app, as the last good build made them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::cargo::Environment;

/// A binary that a build made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    pub(crate) executable: PathBuf,
    /// The variables that `cargo run` would set, and those of `.env`.
    pub(crate) environment: Environment,
}

/// The binaries by their names. There are none before the first good build.
#[derive(Clone, Debug, Default)]
pub(crate) struct Binaries(Arc<BTreeMap<String, Program>>);

impl Binaries {
    /// Returns these binaries.
    pub(crate) fn new(programs: BTreeMap<String, Program>) -> Binaries {
        Binaries(Arc::new(programs))
    }

    /// Returns the binary with this name.
    pub(super) fn find(&self, name: &str) -> Option<&Program> {
        self.0.get(name)
    }
}
