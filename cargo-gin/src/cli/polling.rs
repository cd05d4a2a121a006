//! The ways in which changes of files are noticed.

use std::time::Duration;

use crate::cli::values::interval;

/// The way in which changes of files are noticed: `--poll`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Polling {
    /// By events, and by polling where the file system reports none for what others change.
    Auto,
    /// By events.
    Never,
    /// By polling at this interval.
    Every(Duration),
}

/// Parses `auto`, `never` or an interval.
pub(super) fn polling(text: &str) -> Result<Polling, String> {
    match text {
        "auto" => Ok(Polling::Auto),
        "never" => Ok(Polling::Never),
        _ => interval(text)
            .map(Polling::Every)
            .map_err(|error| format!("{error}, or `auto` or `never`")),
    }
}
