//! Source files on a page: excerpts with the places of a message marked, and suggested edits as diffs.

mod excerpt;
mod files;
mod line;
mod mark;
mod place;
mod suggestion;

pub(crate) use excerpt::{excerpt_at, excerpts};
pub(crate) use files::Files;
pub(crate) use mark::{Kind, Mark, Place, is_within, marks};
pub(crate) use place::location;
pub(crate) use suggestion::suggestion;
