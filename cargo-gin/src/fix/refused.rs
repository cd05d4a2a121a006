//! Why a suggestion is not made.

use std::fmt;

/// What stands between a suggestion and its file. Files are named as rustc names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Another build has begun since.
    Outdated {
        /// The build that was asked about.
        build: u64,
    },
    /// There is no such suggestion.
    Unknown,
    /// Parts of the suggestion are for a person to fill in.
    Incomplete,
    /// The place is within a macro's definition, and other calls use it too.
    Macro,
    /// Two parts of the suggestion are for the same place.
    Overlapping,
    /// The build has no copy of the file that the edit could be checked against.
    NotAtHand {
        /// The file.
        file: String,
    },
    /// The file is not what was compiled.
    Changed {
        /// The file.
        file: String,
        /// The build that compiled it.
        build: u64,
    },
    /// The file has changed since the edit that is to be taken back.
    Moved {
        /// The file.
        file: String,
    },
    /// The file is a dependency's, the toolchain's, or was made by a build.
    NotOurs {
        /// The file.
        file: String,
    },
    /// The system does not let us write the file.
    Unwritable {
        /// The file.
        file: String,
        /// The system's words.
        reason: String,
    },
    /// There is nothing to take back.
    Nothing,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Outdated { build } => {
                write!(f, "Another build has begun since build {build}. Look at what it says.")
            }
            Refused::Unknown => f.write_str("There is no such suggestion."),
            Refused::Incomplete => {
                f.write_str("Parts of this suggestion are for you to fill in: make it by hand.")
            }
            Refused::Macro => f.write_str(
                "This would change a macro's definition, which other calls use too: make it by hand.",
            ),
            Refused::Overlapping => {
                f.write_str("Parts of this suggestion overlap: make it by hand.")
            }
            Refused::NotAtHand { file } => write!(
                f,
                "{file} can't be edited from here: it is outside the workspace, larger than 1 MiB or not UTF-8."
            ),
            Refused::Changed { file, build } => write!(
                f,
                "{file} has changed since build {build}. Wait for the next build, or save the file to start one."
            ),
            Refused::Moved { file } => {
                write!(f, "{file} has changed since the suggestion was made: undo it by hand.")
            }
            Refused::NotOurs { file } => write!(
                f,
                "{file} is not yours to edit: it belongs to a dependency or the toolchain, or a build made it."
            ),
            Refused::Unwritable { file, reason } => write!(f, "{file} can't be written: {reason}."),
            Refused::Nothing => f.write_str("There is nothing to undo."),
        }
    }
}
