//! The kernel's queue of file events (inotify(7)), which the watching thread reads itself.
//!
//! An event is queued within the system call that causes it. So once the queue was empty, every earlier save has been read. A
//! thread that read the queue and passed the events on could not show that.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{PipeReader, PipeWriter, pipe};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use notify::event::{
    AccessKind, AccessMode, CreateKind, DataChange, Flag, MetadataKind, ModifyKind, RemoveKind,
    RenameMode,
};
use notify::{Error, ErrorKind, Event, EventKind, PathsMut, RecursiveMode};
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::{Errno, ioctl_fionread};

/// The events of a watched file, or of a watched directory and the names in it.
const EVENTS: WatchFlags = WatchFlags::ATTRIB
    .union(WatchFlags::CREATE)
    .union(WatchFlags::DELETE)
    .union(WatchFlags::CLOSE_WRITE)
    .union(WatchFlags::MODIFY)
    .union(WatchFlags::MOVE)
    .union(WatchFlags::DELETE_SELF)
    .union(WatchFlags::MOVE_SELF);

/// The size of the buffer of a read, in bytes.
const BUFFER: usize = 16 * 1024;
/// The largest event, in bytes: its head, and a name of up to 255 bytes with its end.
const LARGEST_EVENT: usize = 16 + 256;

pub(super) const NO_TIME: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 0,
};

/// The data of the epoll event that ends the waiting thread.
const CLOSED: u64 = 1;

/// The queue, which other threads look at and only its [`Inotify`] reads.
#[derive(Clone, Debug)]
pub(in crate::watcher) struct Queue(Arc<OwnedFd>);

/// The watched files and directories, and the queue of their events.
#[derive(Debug)]
pub(in crate::watcher) struct Inotify {
    queue: Queue,
    /// By the ids that events have.
    paths: HashMap<i32, PathBuf>,
    ids: HashMap<PathBuf, i32>,
    /// Closing it ends the waiting thread.
    _open: PipeWriter,
}

/// The content of the queue.
#[derive(Debug, Default)]
pub(in crate::watcher) struct Queued {
    pub(in crate::watcher) events: Vec<Event>,
    /// The paths that the kernel watches no longer, because what they led to is gone.
    pub(in crate::watcher) dropped: Vec<PathBuf>,
}

impl Queue {
    /// Returns `true` if no event is queued.
    pub(in crate::watcher) fn is_empty(&self) -> bool {
        // An interrupted look shows nothing.
        let look = poll(&mut [PollFd::new(&self.0, PollFlags::IN)], Some(&NO_TIME));
        look == Ok(0)
    }
}

impl Inotify {
    /// Watches nothing yet. `wake` is called on another thread whenever events are queued, until it returns `false`.
    pub(in crate::watcher) fn new(
        wake: impl Fn() -> bool + Send + 'static,
    ) -> notify::Result<Inotify> {
        let queue = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).map_err(io)?;
        let queue = Queue(Arc::new(queue));
        let (closed, open) = pipe().map_err(Error::io)?;
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(io)?;
        // Edge-triggered: it reports an event once, however late that is read.
        let flags = EventFlags::IN | EventFlags::ET;
        epoll::add(&epoll, &queue.0, EventData::new_u64(0), flags).map_err(io)?;
        epoll::add(&epoll, &closed, EventData::new_u64(CLOSED), EventFlags::IN).map_err(io)?;
        let waiting = queue.clone();
        thread::Builder::new()
            .name("file events".to_owned())
            .spawn(move || wait(&epoll, (waiting, closed), wake))
            .map_err(Error::io)?;
        Ok(Inotify {
            queue,
            paths: HashMap::new(),
            ids: HashMap::new(),
            _open: open,
        })
    }

    /// Returns the queue.
    pub(in crate::watcher) fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Watches a file, or a directory and the names in it.
    pub(in crate::watcher) fn watch(&mut self, path: &Path) -> notify::Result<()> {
        let id = inotify::add_watch(&self.queue.0, path, EVENTS).map_err(|error| match error {
            Errno::NOSPC => Error::new(ErrorKind::MaxFilesWatch),
            error => io(error),
        })?;
        if let Some(former) = self.paths.insert(id, path.to_owned())
            && former != path
        {
            self.ids.remove(&former);
        }
        if let Some(former) = self.ids.insert(path.to_owned(), id)
            && former != id
        {
            self.remove(former);
        }
        Ok(())
    }

    /// Watches a path no longer. Events about it that are queued already are not reported.
    pub(in crate::watcher) fn unwatch(&mut self, path: &Path) {
        if let Some(id) = self.ids.remove(path) {
            self.remove(id);
        }
    }

    fn remove(&mut self, id: i32) {
        self.paths.remove(&id);
        // An error means that the kernel has dropped the watch already.
        let _ = inotify::remove_watch(&self.queue.0, id);
    }

    /// Takes everything out of the queue that is in it now.
    pub(in crate::watcher) fn read(&mut self) -> Queued {
        let mut queued = Queued::default();
        let mut buffer = [MaybeUninit::uninit(); BUFFER];
        let length = ioctl_fionread(&self.queue.0).unwrap_or(0);
        // A program that writes faster than this reads must not keep it here.
        let mut reads = usize::try_from(length).unwrap_or(0) / (BUFFER - LARGEST_EVENT) + 1;
        let queue = self.queue.clone();
        let mut reader = Reader::new(&queue.0, &mut buffer);
        while reads > 0 {
            match reader.next() {
                Ok(event) => self.take(&event, &mut queued),
                Err(Errno::INTR) => continue,
                Err(_) => break,
            }
            reads -= usize::from(reader.is_buffer_empty());
        }
        queued
    }

    fn take(&mut self, event: &inotify::Event<'_>, queued: &mut Queued) {
        let flags = event.events();
        if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
            let overflow = Event::new(EventKind::Other).set_flag(Flag::Rescan);
            return queued.events.push(overflow);
        }
        let Some(path) = self.paths.get(&event.wd()) else {
            return;
        };
        if flags.contains(ReadFlags::IGNORED) {
            let path = path.clone();
            self.paths.remove(&event.wd());
            self.ids.remove(&path);
            return queued.dropped.push(path);
        }
        let path = match event.file_name() {
            Some(name) => path.join(OsStr::from_bytes(name.to_bytes())),
            None => path.clone(),
        };
        let event = kind(flags).map(|kind| Event::new(kind).add_path(path));
        queued.events.extend(event);
    }
}

impl PathsMut for &mut Inotify {
    fn add(&mut self, path: &Path, _: RecursiveMode) -> notify::Result<()> {
        self.watch(path)
    }

    fn remove(&mut self, path: &Path) -> notify::Result<()> {
        self.unwatch(path);
        Ok(())
    }

    fn commit(self: Box<Self>) -> notify::Result<()> {
        Ok(())
    }
}

/// Calls `wake` whenever events are queued, until the pipe is closed or `wake` returns `false`.
fn wait(epoll: &OwnedFd, waited: (Queue, PipeReader), wake: impl Fn() -> bool) {
    loop {
        let mut ready = Vec::with_capacity(2);
        match epoll::wait(epoll, rustix::buffer::spare_capacity(&mut ready), None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(_) => break,
        }
        if ready.iter().any(|event| event.data.u64() == CLOSED) || !ready.is_empty() && !wake() {
            break;
        }
    }
    drop(waited);
}

/// Returns the kind of an event, as notify names it.
fn kind(flags: ReadFlags) -> Option<EventKind> {
    let is_directory = flags.contains(ReadFlags::ISDIR);
    let created = if is_directory {
        CreateKind::Folder
    } else {
        CreateKind::File
    };
    let removed = if is_directory {
        RemoveKind::Folder
    } else {
        RemoveKind::File
    };
    let kinds = [
        (
            ReadFlags::MOVED_FROM.union(ReadFlags::MOVE_SELF),
            EventKind::Modify(ModifyKind::Name(RenameMode::From)),
        ),
        (
            ReadFlags::MOVED_TO,
            EventKind::Modify(ModifyKind::Name(RenameMode::To)),
        ),
        (ReadFlags::CREATE, EventKind::Create(created)),
        (
            ReadFlags::DELETE.union(ReadFlags::DELETE_SELF),
            EventKind::Remove(removed),
        ),
        (
            ReadFlags::MODIFY,
            EventKind::Modify(ModifyKind::Data(DataChange::Any)),
        ),
        (
            ReadFlags::CLOSE_WRITE,
            EventKind::Access(AccessKind::Close(AccessMode::Write)),
        ),
        (
            ReadFlags::ATTRIB,
            EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any)),
        ),
    ];
    let mut kinds = kinds.into_iter();
    kinds.find_map(|(of, kind)| flags.intersects(of).then_some(kind))
}

fn io(error: Errno) -> Error {
    Error::io(error.into())
}
