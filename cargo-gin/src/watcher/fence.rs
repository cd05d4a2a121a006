//! Reports when every file event up to now was read from the kernel's queue.
//!
//! We write to an anonymous file that is watched like the others. The queue keeps the order of events, so when the event of
//! that write arrives, all earlier ones have arrived.

use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::path::PathBuf;

use notify::EventKind;
use notify::event::ModifyKind;
use tokio::sync::oneshot;

use crate::watcher::watches::Watches;

/// The anonymous file, and the barriers that wait for the event of a write to it.
#[derive(Debug, Default)]
pub(super) struct Fence {
    /// Absent where anonymous files cannot be watched. Every barrier is then reached at once.
    post: Option<Post>,
    /// The barriers whose write was made.
    waiting: Vec<oneshot::Sender<()>>,
    /// The barriers that were requested after that write. They need another one: events between the two may still be queued.
    next: Vec<oneshot::Sender<()>>,
    has_passed: bool,
}

#[derive(Debug)]
struct Post {
    file: File,
    path: PathBuf,
}

impl Fence {
    /// Creates the anonymous file and watches it.
    pub(super) fn new(watches: &mut Watches) -> Fence {
        Fence {
            post: Post::new(watches),
            ..Fence::default()
        }
    }

    /// Requests a barrier. It is handed back at once if there is nothing to wait for.
    pub(super) fn request(&mut self, done: oneshot::Sender<()>) -> Option<oneshot::Sender<()>> {
        let Some(post) = &mut self.post else {
            return Some(done);
        };
        if !self.waiting.is_empty() {
            self.next.push(done);
            return None;
        }
        match post.write() {
            Ok(()) => {
                self.waiting.push(done);
                None
            }
            Err(_) => Some(done),
        }
    }

    /// Returns `true` if barriers wait for the events before them.
    pub(super) fn is_up(&self) -> bool {
        self.post.is_some()
    }

    /// Gives up, because the system reports no events any more. Returns all barriers; later ones are reached at once.
    pub(super) fn abandon(&mut self) -> Vec<oneshot::Sender<()>> {
        self.post = None;
        let mut reached = std::mem::take(&mut self.waiting);
        reached.append(&mut self.next);
        reached
    }

    /// Returns `true` if the event is about our own file.
    pub(super) fn passes(&mut self, event: &notify::Event) -> bool {
        let is_ours = self
            .post
            .as_ref()
            .is_some_and(|post| event.paths.first() == Some(&post.path));
        self.has_passed |= is_ours && matches!(event.kind, EventKind::Modify(ModifyKind::Data(_)));
        is_ours
    }

    /// Returns the barriers that are reached, and writes for those that were requested since.
    pub(super) fn reached(&mut self) -> Vec<oneshot::Sender<()>> {
        if !std::mem::take(&mut self.has_passed) {
            return Vec::new();
        }
        let mut reached = std::mem::take(&mut self.waiting);
        let next = std::mem::take(&mut self.next);
        let is_written = match &mut self.post {
            Some(post) if !next.is_empty() => post.write().is_ok(),
            _ => false,
        };
        if is_written {
            self.waiting = next;
        } else {
            reached.extend(next);
        }
        reached
    }
}

impl Post {
    #[cfg(target_os = "linux")]
    fn new(watches: &mut Watches) -> Option<Post> {
        use std::os::fd::AsRawFd as _;
        let file = tempfile::tempfile().ok()?;
        let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
        watches.watch_file(&path).then_some(Post { file, path })
    }

    #[cfg(not(target_os = "linux"))]
    fn new(_watches: &mut Watches) -> Option<Post> {
        None
    }

    /// Writes at the start each time, so that the file does not grow.
    fn write(&mut self) -> io::Result<()> {
        self.file.rewind()?;
        self.file.write_all(b".")
    }
}
