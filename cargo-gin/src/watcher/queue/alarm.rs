//! An alarm: it reports that something has happened in directories, and not what.

use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;

use crate::watcher::queue::inotify::NO_TIME;

/// Whatever can change which names a directory has, what they are, and whether they can be reached.
const EVENTS: WatchFlags = WatchFlags::ONLYDIR
    .union(WatchFlags::ATTRIB)
    .union(WatchFlags::CREATE)
    .union(WatchFlags::DELETE)
    .union(WatchFlags::MOVE)
    .union(WatchFlags::DELETE_SELF)
    .union(WatchFlags::MOVE_SELF);

/// The size of the buffer of a read, in bytes.
const BUFFER: usize = 4 * 1024;
/// The most reads at a time. A program may make files faster than events are read.
const READS: usize = 64;

/// A queue of the events in some directories (inotify(7)). Only whether there are any matters.
#[derive(Debug)]
pub(in crate::watcher) struct Alarm {
    queue: OwnedFd,
    is_broken: AtomicBool,
}

impl Alarm {
    /// Returns an alarm for what happens in these directories from now on. `None` if one of them cannot be watched.
    pub(in crate::watcher) fn new<'a>(
        directories: impl IntoIterator<Item = &'a Path>,
    ) -> Option<Alarm> {
        let queue = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).ok()?;
        for directory in directories {
            inotify::add_watch(&queue, directory, EVENTS).ok()?;
        }
        Some(Alarm {
            queue,
            is_broken: AtomicBool::new(false),
        })
    }

    /// Returns `true` if nothing has happened since the alarm was made or last silenced.
    pub(in crate::watcher) fn is_silent(&self) -> bool {
        if self.is_broken.load(Ordering::Relaxed) {
            return false;
        }
        // An interrupted look shows nothing.
        let look = poll(
            &mut [PollFd::new(&self.queue, PollFlags::IN)],
            Some(&NO_TIME),
        );
        look == Ok(0)
    }

    /// Forgets what has happened up to now, or most of it. The alarm rings for ever once a directory is gone.
    pub(in crate::watcher) fn silence(&self) {
        let mut buffer = [MaybeUninit::uninit(); BUFFER];
        let mut reader = Reader::new(&self.queue, &mut buffer);
        let mut reads = 0;
        while reads < READS {
            match reader.next() {
                Ok(event) if event.events().contains(ReadFlags::IGNORED) => self.give_up(),
                Ok(_) | Err(Errno::INTR) => {}
                Err(_) => break,
            }
            reads += usize::from(reader.is_buffer_empty());
        }
    }

    /// Lets it ring for ever.
    pub(in crate::watcher) fn give_up(&self) {
        self.is_broken.store(true, Ordering::Relaxed);
    }
}
