//! The reasons for which cargo has to build.

use std::mem::{Discriminant, discriminant};
use std::path::PathBuf;
use std::{fmt, io};

/// A reason for which cargo has to build.
#[derive(Debug)]
pub(crate) enum Reason {
    /// Cargo has not built yet, or its last build failed.
    NoGoodBuild,
    /// The manifests or the configuration of cargo may have changed.
    Resolve,
    /// Only Unix has the links and times that show what cargo has made.
    Platform,
    /// The calls cannot be recorded.
    Unrecordable(String),
    /// No source has changed.
    NothingChanged,
    /// Something has changed that is not only a source: a manifest, an input of a build script, a file of cargo's output.
    Input(PathBuf),
    /// A source has gone.
    Gone(PathBuf),
    /// The call of rustc for this crate was not recorded yet.
    Unrecorded(String),
    /// This crate, or one above it, is neither a library of Rust nor a program.
    Kind(String),
    /// Cargo's own record of this crate is not as expected.
    Fingerprint(String),
    /// A source of this crate has a time that has not come yet.
    Ahead(String),
    /// Another cargo has the target directory.
    Locked,
    /// The compiler has read other files than before.
    OtherFiles(String),
    /// The compiler of this crate, or the user's wrapper around it, cannot be started.
    Unstartable(String, io::Error),
    /// The linker has failed.
    Unlinked(String),
    /// The compiler failed without an error that it could be shown by.
    Crashed(String),
    /// A file of cargo's output cannot be read or written.
    Files(io::Error),
}

impl Reason {
    /// Returns the kind of the reason.
    pub(crate) fn kind(&self) -> Discriminant<Reason> {
        discriminant(self)
    }

    /// Returns `true` if users expect that cargo builds.
    pub(crate) fn is_expected(&self) -> bool {
        matches!(
            self,
            Reason::NoGoodBuild | Reason::Resolve | Reason::NothingChanged
        )
    }
}

impl From<io::Error> for Reason {
    fn from(error: io::Error) -> Reason {
        Reason::Files(error)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NoGoodBuild => f.write_str("there is no good build yet"),
            Reason::Resolve => f.write_str("a manifest or a configuration file has changed"),
            Reason::Platform => f.write_str("--fast works on Unix only"),
            Reason::Unrecordable(error) => write!(f, "calls of rustc cannot be recorded: {error}"),
            Reason::NothingChanged => f.write_str("no source has changed"),
            Reason::Input(path) => {
                write!(
                    f,
                    "{} has changed, which is not only a source",
                    path.display()
                )
            }
            Reason::Gone(path) => write!(f, "{} is gone", path.display()),
            Reason::Unrecorded(name) => {
                write!(f, "`{name}` is built for the first time since the start")
            }
            Reason::Kind(name) => {
                write!(f, "`{name}` is neither a library of Rust nor a program")
            }
            Reason::Fingerprint(name) => {
                write!(f, "cargo's record of `{name}` is not as it was left")
            }
            Reason::Ahead(name) => write!(f, "a source of `{name}` has a time in the future"),
            Reason::Locked => f.write_str("another cargo uses the target directory"),
            Reason::OtherFiles(name) => {
                write!(f, "`{name}` consists of other files than before")
            }
            Reason::Unstartable(name, error) => {
                write!(f, "the compiler of `{name}` cannot be started: {error}")
            }
            Reason::Unlinked(name) => write!(f, "`{name}` could not be linked"),
            Reason::Crashed(name) => write!(f, "the compiler of `{name}` gave no reason"),
            Reason::Files(error) => {
                write!(f, "a file of the target directory cannot be used: {error}")
            }
        }
    }
}
