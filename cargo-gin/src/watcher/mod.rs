//! Turns file events into [`Change`](crate::state::Change)s: filtered, classified, and in the order in which they happened.
//!
//! `watch` is the task. `tree` holds the watched directories, `scope` knows which files matter and why, `ignored` what git
//! ignores, `seen` what files held before. `fence` reports when every event up to now was read.

mod fence;
mod ignored;
mod scope;
mod seen;
mod tree;
mod watch;

pub(crate) use scope::Scope;
pub(crate) use watch::Watcher;
