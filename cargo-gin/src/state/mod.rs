//! The data that the tasks share: the status, and the events that change it.

mod change;
mod changed_files;
mod freshness;
mod history;
mod in_flight;
mod output;
mod phase;
mod progress;
mod side;
mod status;

pub(crate) use change::{Cause, Certainty, Change, Effect, Event, Relaunch};
pub(crate) use changed_files::ChangedFiles;
pub(crate) use freshness::{Freshness, Proof};
pub(crate) use history::{Attempt, History, Timings};
pub(crate) use in_flight::{Flight, InFlight, Sent};
pub(crate) use output::{Chunk, Stream, Tail, TailLine, Writer};
pub(crate) use phase::{Exit, Life, Phase, Reachable, Start};
pub(crate) use progress::{Blocked, Compiled, Progress, Underway};
pub(crate) use side::{Origin, Route, Side, Sides};
pub(crate) use status::{Recipe, Revival, Role, Status, Target};
