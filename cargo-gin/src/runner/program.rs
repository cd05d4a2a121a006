//! A binary that a build made, and the way in which `cargo run` would start it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::cargo::{Environment, Runner};

/// A binary that a build made, and the way in which `cargo run` would start it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    pub(crate) executable: PathBuf,
    /// The file that cargo makes, in whose name it runs.
    pub(crate) made: PathBuf,
    /// The program that starts it, if cargo's configuration names one.
    pub(crate) runner: Option<Runner>,
    /// The variables that `cargo run` would set, and those of `.env`.
    pub(crate) environment: Environment,
}

impl Program {
    /// Returns the name that the program to start gets.
    pub(crate) fn name(&self) -> &Path {
        match &self.runner {
            Some(runner) => &runner.program,
            None => &self.made,
        }
    }

    /// Returns the program to start, which may be the runner, and its arguments.
    pub(crate) fn command_line(&self, args: &[String]) -> (&Path, Vec<OsString>) {
        match &self.runner {
            Some(runner) => (&runner.program, runner.args(&self.executable, args)),
            None => (&self.executable, args.iter().map(Into::into).collect()),
        }
    }
}
