//! Turns file events into [`Change`](crate::state::Change)s, and verifies the inputs of the build.
//!
//! Events are hints: they may be late, lost, or about another path that leads to the same file. So what counts is what the
//! inputs are now, compared with their stamps in the `baseline`. That is done after each event that may be about an input, and
//! before a request may trust the phase `ready`. Start reading in `watch`, the thread that does it, and `task`, its connection
//! to the other tasks.
//!
//! `scope` knows which files matter and why. `watches` holds the watched directories, `trail` finds them, `listing` reads them, `members` are the inputs in one.
//! `unreported` are the names whose changes no event reports, with an alarm in their directories. `stamp` is the state of one path, `attributes` the part of it that shows a change without reading it. `ignored` knows what git ignores, `seen` what the other files held. `queue`
//! holds the events up to now, and `proof` shows a request that there are none. `mounts` reports when a file system was mounted. `file_systems` knows those that others change unseen, and `polled`
//! reads what is there again and again.

mod attributes;
mod baseline;
mod batch;
mod file_systems;
mod ignored;
mod listing;
mod members;
mod mounts;
mod pace;
mod paths;
mod polled;
mod proof;
mod queue;
mod scope;
mod seen;
mod stamp;
mod survey;
mod task;
#[cfg(test)]
#[cfg(unix)]
mod tests;
mod touch;
mod trail;
mod unreported;
mod watch;
mod watches;

pub(crate) use attributes::last_change;
pub(crate) use scope::Scope;
pub(crate) use task::Watcher;
