//! The whole text of a diagnostic that is abridged, which the proxy sends on demand.

use crate::diagnostics::{Diagnostic, size};
use crate::state::Status;

/// Returns the path of the whole text, if the diagnostic with this id is abridged.
pub(crate) fn path(status: &Status, id: usize, diagnostic: &Diagnostic) -> Option<String> {
    diagnostic.whole.as_ref()?;
    Some(format!("/__gin/diagnostics/{}/{id}", status.attempt))
}

/// Returns the length of the whole text, if the diagnostic is abridged.
pub(crate) fn length(diagnostic: &Diagnostic) -> Option<String> {
    diagnostic.whole.as_ref().map(|whole| size(whole.len()))
}

/// Returns the sentence that leads to the whole text, if the diagnostic with this id is abridged.
pub(crate) fn sentence(status: &Status, id: usize, diagnostic: &Diagnostic) -> Option<String> {
    let path = path(status, id, diagnostic)?;
    let length = length(diagnostic)?;
    Some(format!("The whole text ({length}): {path}"))
}
