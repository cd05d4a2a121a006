//! The queue of a system that sends its events on a thread of its own.

use std::path::Path;

/// A queue that does not exist.
#[derive(Clone, Debug)]
pub(in crate::watcher) struct Queue(());

impl Queue {
    /// Returns `false`: nothing shows that every event was read.
    pub(in crate::watcher) fn is_empty(&self) -> bool {
        false
    }
}

/// An alarm that does not exist.
#[derive(Debug)]
pub(in crate::watcher) enum Alarm {}

impl Alarm {
    /// Returns `None`: the system reports no event within the call that causes it.
    pub(in crate::watcher) fn new<'a>(_: impl IntoIterator<Item = &'a Path>) -> Option<Alarm> {
        None
    }

    pub(in crate::watcher) fn is_silent(&self) -> bool {
        match *self {}
    }

    pub(in crate::watcher) fn silence(&self) {
        match *self {}
    }

    pub(in crate::watcher) fn give_up(&self) {
        match *self {}
    }
}
