//! The inputs that build scripts declare.

use std::path::PathBuf;

/// A run of a build script, in this build or an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScriptRun {
    /// The directory of the script's package.
    pub(crate) package: PathBuf,
    /// The script's `OUT_DIR`.
    pub(crate) out_dir: PathBuf,
}
