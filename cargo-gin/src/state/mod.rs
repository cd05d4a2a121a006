//! How things are and what has happened: the data that the tasks share.

mod change;
mod changed_files;
mod history;
mod phase;
mod progress;

pub(crate) use change::{Cause, Change, Effect, Event, Freshness};
pub(crate) use changed_files::Files;
pub(crate) use history::{Attempt, History, Timings};
pub(crate) use phase::{Chunk, Exit, Phase, Recipe, Start, Status, Stream, Tail, TailLine, Target};
pub(crate) use progress::{Blocked, Compiled, Progress, Underway};
