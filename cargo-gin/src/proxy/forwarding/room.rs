//! The memory for requests that are held.

use http::{HeaderMap, Uri};
use tokio::sync::{Semaphore, SemaphorePermit};

/// The memory for requests that are held.
pub(crate) struct Room(Semaphore);

/// The memory that a held request takes, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size(usize);

impl Room {
    /// The memory of a request with a short head, its connection and its task: 39 KiB in a debug build. A body waits in the kernel.
    pub(crate) const LEAST: usize = 40 * Room::KIB;
    /// The unit of the permits.
    const KIB: usize = 1024;

    /// Returns room for this many bytes.
    pub(crate) fn new(bytes: usize) -> Room {
        Room(Semaphore::new(bytes / Room::KIB))
    }

    /// Takes the room of a request, if that much is left.
    pub(super) fn take(&self, size: Size) -> Option<SemaphorePermit<'_>> {
        let units = u32::try_from(size.0.div_ceil(Room::KIB)).ok()?;
        self.0.try_acquire_many(units).ok()
    }
}

impl Size {
    /// Returns the size of a request.
    pub(super) fn of(target: &Uri, headers: &HeaderMap) -> Size {
        let fields = headers.iter();
        let fields = fields.map(|(name, value)| name.as_str().len() + value.len());
        let target = target.path_and_query();
        let target = target.map_or(0, |target| target.as_str().len());
        Size(Room::LEAST + target + fields.sum::<usize>())
    }
}
