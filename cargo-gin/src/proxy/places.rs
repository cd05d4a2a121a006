//! The places for sockets: no more than there are file descriptors, which builds and the app need as well.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::os::descriptors;

/// The most clients that the app is served to at once.
const MAX_CLIENTS: usize = 16_384;
/// The most clients beyond them, which get the proxy's own pages and are refused all else.
const MAX_SPARE: usize = 64;
/// The file descriptors that are left to builds, the app's pipes, and the watcher.
const RESERVE: usize = 96;
/// The least sockets, however few descriptors there are.
const MIN_SOCKETS: usize = 16;

/// The places for the sockets of clients.
#[derive(Debug)]
pub(super) struct Places {
    regular: Arc<Semaphore>,
    spare: Arc<Semaphore>,
}

/// The place of a client. Dropping it frees it.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) standing: Standing,
    _permit: OwnedSemaphorePermit,
}

/// The requests of a client that are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// All of them.
    Regular,
    /// Those for the proxy's own pages, as too many clients came before.
    Spare,
}

/// The numbers of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Capacity {
    /// For clients that the app is served to, and as many for connections to it.
    pub(super) clients: usize,
    pub(super) spare: usize,
}

impl Capacity {
    /// Returns the numbers for this process.
    pub(crate) fn of_process() -> Capacity {
        Capacity::within(descriptors::limit().unwrap_or(usize::MAX))
    }

    /// Returns the numbers for a process that may have so many file descriptors.
    fn within(descriptors: usize) -> Capacity {
        let sockets = descriptors.saturating_sub(RESERVE).max(MIN_SOCKETS);
        let spare = MAX_SPARE.min(sockets / 4);
        Capacity {
            clients: MAX_CLIENTS.min((sockets - spare) / 2),
            spare,
        }
    }
}

impl Places {
    pub(super) fn new(capacity: Capacity) -> Places {
        Places {
            regular: Arc::new(Semaphore::new(capacity.clients)),
            spare: Arc::new(Semaphore::new(capacity.spare)),
        }
    }

    /// Waits until a client can have a place.
    pub(super) async fn free(&self) {
        // An error would mean that a semaphore is closed, and none ever is.
        tokio::select! {
            _ = self.regular.acquire() => {}
            _ = self.spare.acquire() => {}
        }
    }

    /// Takes a place for a client, a spare one only if there is no other.
    pub(super) fn take(&self) -> Option<Place> {
        let take = |places: &Arc<Semaphore>| places.clone().try_acquire_owned().ok();
        let place = |standing| {
            move |permit| Place {
                standing,
                _permit: permit,
            }
        };
        let regular = take(&self.regular).map(place(Standing::Regular));
        regular.or_else(|| take(&self.spare).map(place(Standing::Spare)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_sockets_have_descriptors_and_some_are_left() {
        for descriptors in [256, 1024, 4096, 20_000, usize::MAX] {
            let capacity = Capacity::within(descriptors);
            let sockets = 2 * capacity.clients + capacity.spare;
            assert!(sockets <= descriptors - RESERVE, "{descriptors}");
            assert!(
                capacity.clients >= descriptors.min(4096) / 5,
                "{descriptors}"
            );
        }
        let few = Capacity::within(0);
        assert!(few.clients > 0 && few.spare > 0, "{few:?}");
    }

    #[tokio::test]
    async fn spare_places_are_taken_last_and_a_dropped_place_is_free() {
        let places = Places::new(Capacity {
            clients: 1,
            spare: 1,
        });
        let standing = |place: &Option<Place>| place.as_ref().map(|place| place.standing);
        let first = places.take();
        assert_eq!(standing(&first), Some(Standing::Regular));
        let second = places.take();
        assert_eq!(standing(&second), Some(Standing::Spare));
        assert_eq!(standing(&places.take()), None);
        drop(first);
        places.free().await;
        assert_eq!(standing(&places.take()), Some(Standing::Regular));
    }
}
