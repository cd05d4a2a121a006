//! Source files on a page: excerpts with their places marked, and suggested edits as diffs.

pub(crate) mod excerpt;
pub(crate) mod files;
pub(crate) mod line;
pub(crate) mod mark;
pub(crate) mod place;
pub(crate) mod suggestion;
