//! Source files on a page: excerpts with the places of a message marked, and suggested edits as diffs.

mod diff;
mod excerpt;
mod files;
mod line;
mod location;
mod mark;
mod suggestion;

pub(crate) use excerpt::{Rank, excerpt_at, excerpts};
pub(crate) use files::SourceFiles;
pub(crate) use location::location;
pub(crate) use mark::{Kind, Mark, Position, is_within, marks};
pub(crate) use suggestion::suggestion;
