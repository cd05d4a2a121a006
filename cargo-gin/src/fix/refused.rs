//! Refusals: the reasons for not applying a suggestion.

use std::fmt;

/// The reason for not applying or undoing a suggestion. Files have rustc's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Another build has begun since.
    Outdated {
        /// The build of the suggestion.
        build: u64,
    },
    /// There is no such suggestion.
    Unknown,
    /// The suggestion has placeholders that the user must fill in.
    Incomplete,
    /// The place is in the definition of a macro, which other calls use, too.
    Macro,
    /// Two parts of the suggestion are for the same place.
    Overlapping,
    /// The build has no copy of the file to check the edit against.
    NotAtHand { file: String },
    /// The file has changed since it was compiled.
    Changed {
        file: String,
        /// The build that compiled it.
        build: u64,
    },
    /// The text of the edit that should be undone is gone.
    Moved { file: String },
    /// The file belongs to a dependency or to the toolchain, or a build generated it.
    NotOurs { file: String },
    /// The operating system refuses to write the file.
    Unwritable {
        file: String,
        /// The message of the operating system.
        reason: String,
    },
    /// There is no step to undo.
    Nothing,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Outdated { build } => {
                write!(f, "Another build has started since build {build}. Use its page instead.")
            }
            Refused::Unknown => f.write_str("There is no such suggestion."),
            Refused::Incomplete => {
                f.write_str("This suggestion has placeholders to fill in: apply it by hand.")
            }
            Refused::Macro => f.write_str(
                "This would change the definition of a macro, which other calls use, too: apply it by hand.",
            ),
            Refused::Overlapping => {
                f.write_str("Parts of this suggestion overlap: apply it by hand.")
            }
            Refused::NotAtHand { file } => write!(
                f,
                "{file} cannot be edited from here: it is outside the workspace, larger than 1 MiB or not UTF-8."
            ),
            Refused::Changed { file, build } => write!(
                f,
                "{file} has changed since build {build}. Wait for the next build, or save the file to start one."
            ),
            Refused::Moved { file } => {
                write!(f, "{file} has changed where the suggestion was applied: undo it by hand.")
            }
            Refused::NotOurs { file } => write!(
                f,
                "{file} is not yours to edit: it belongs to a dependency or the toolchain, or a build generated it."
            ),
            Refused::Unwritable { file, reason } => write!(f, "{file} cannot be written: {reason}."),
            Refused::Nothing => f.write_str("There is nothing to undo."),
        }
    }
}
