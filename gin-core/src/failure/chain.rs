//! An error in a line of the log.

use std::error::Error as StdError;
use std::fmt::Write as _;

/// Returns an error and its sources, outermost first.
pub(crate) fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let _ = write!(text, ": {error}");
        source = error.source();
    }
    text
}
