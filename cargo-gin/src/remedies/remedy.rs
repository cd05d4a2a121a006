//! A remedy: the work, and the words for it.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;

/// A remedy for the state that a page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remedy {
    /// The text of the button.
    pub(crate) label: String,
    pub(crate) action: Action,
}

/// The work of a remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Run a program.
    Run {
        /// The program and its arguments.
        argv: Vec<String>,
        /// The directory that it runs in.
        directory: PathBuf,
        then: Then,
    },
    /// Send requests to the port that the app has opened, as `--app-port` does.
    UsePort(u16),
}

/// The work after a program has done its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// None: the changed file starts a build.
    Nothing,
    Build,
    Restart,
}

impl Remedy {
    /// Returns its id among the remedies of a page. It depends on all that would be run, so that a page never orders anything but
    /// the command that it has shown.
    pub(crate) fn id(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.command().hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    /// Returns the command as a user would type it.
    pub(crate) fn command(&self) -> String {
        match &self.action {
            Action::Run { argv, .. } => shell_words::join(argv),
            Action::UsePort(port) => format!("cargo gin dev --app-port {port}"),
        }
    }
}
