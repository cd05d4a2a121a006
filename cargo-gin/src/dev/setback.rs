//! The ways in which an attempt ends without a running app.

use std::path::PathBuf;

use crate::diagnostics::Origin;
use crate::state::Exit;
use crate::workspace::Unloadable;

/// The end of an attempt that has no running app to show.
pub(super) enum Setback {
    /// The code does not build. The status has its errors already.
    BuildFailed,
    /// Something other than code is wrong: a manifest, an option, `.env`, or the app cannot be started.
    Refused { origin: Origin, text: String },
    /// The executable was deleted after it was built, as `cargo clean` does.
    Deleted(PathBuf),
    /// The app exited by itself.
    Crashed(Exit),
    /// The build is good, and `--no-run` ends the attempt there.
    Built,
    /// The dev server itself cannot go on.
    Fatal(anyhow::Error),
}

impl Setback {
    /// An error that the user can correct, found by us rather than by cargo.
    pub(super) fn refused(error: &anyhow::Error) -> Setback {
        Setback::Refused {
            origin: Origin::Gin,
            text: format!("{error:#}"),
        }
    }
}

impl From<Unloadable> for Setback {
    fn from(unloadable: Unloadable) -> Setback {
        let origin = match unloadable {
            Unloadable::Manifest(_) => Origin::Cargo,
            Unloadable::Options(_) | Unloadable::Choice { .. } => Origin::Gin,
        };
        Setback::Refused {
            origin,
            text: format!("{:#}", unloadable.into_error()),
        }
    }
}

impl From<anyhow::Error> for Setback {
    fn from(error: anyhow::Error) -> Setback {
        Setback::Fatal(error)
    }
}
