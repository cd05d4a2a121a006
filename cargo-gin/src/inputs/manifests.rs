//! The inputs of cargo before it compiles: manifests, the lock file, configuration and toolchain files.

use std::path::{Path, PathBuf};

use crate::inputs::Inputs;
use crate::state::Effect;

impl Inputs {
    /// Finds the files that decide the packages, their settings and the toolchain. Works without cargo.
    ///
    /// Cargo is called in `directory`. `known` are the manifests that it has listed, if any.
    pub(crate) fn of_manifests(manifest: &Path, directory: &Path, known: &[PathBuf]) -> Inputs {
        let mut inputs = Inputs::default();
        inputs.add(manifest, Effect::Resolve);
        inputs.add(directory.join("Cargo.lock"), Effect::Resolve);
        for manifest in known {
            inputs.add(manifest, Effect::Resolve);
        }
        inputs
    }
}
