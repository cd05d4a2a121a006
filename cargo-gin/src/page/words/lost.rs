//! Sentences about a request that the app lost.

use crate::page::lost::Lost;
use crate::page::words::secret;
use crate::page::words::sentence::name;
use crate::panic::{Panic, Place};
use crate::state::Status;

/// Returns the heading of the page: the failure in a few words.
pub(crate) fn headline(lost: &Lost, status: &Status) -> String {
    if let Some(headline) = &lost.headline {
        return headline.clone();
    }
    let name = name(status);
    if lost.panics.is_empty() {
        format!("{name} failed to respond")
    } else {
        format!("{name} panicked")
    }
}

/// Returns the way in which the request was lost, and the last panic. Its secrets are masked.
pub(crate) fn remark(lost: &Lost) -> String {
    let detail = &lost.detail;
    match lost.panics.last() {
        Some(panic) => format!("{detail} Panic at {}", panic_line(panic)),
        None => detail.clone().into_owned(),
    }
}

/// Returns `src/main.rs:12:5: no such user`.
fn panic_line(panic: &Panic) -> String {
    let Place { file, line, column } = &panic.place;
    let message = panic.message.lines().next().unwrap_or_default();
    format!("{file}:{line}:{column}: {}", secret::mask(message))
}
