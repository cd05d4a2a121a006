//! File events → [`Change`](crate::state::Change): filtered, classified, and in the order in which they happened.

mod fence;
mod ignored;
mod scope;
mod seen;
mod tree;
mod watch;

pub(crate) use scope::Scope;
pub(crate) use watch::Watcher;
