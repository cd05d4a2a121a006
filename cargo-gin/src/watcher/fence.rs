//! Tells when every file event up to now has been read from the kernel's queue.
//!
//! We write to a nameless file that is watched like the others. When the news of that write arrives, so has all that
//! came before it.

use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::path::PathBuf;

use notify::EventKind;
use notify::event::ModifyKind;
use tokio::sync::oneshot;

use crate::watcher::tree::Tree;

/// The nameless file, and who waits for the news of it.
#[derive(Debug, Default)]
pub(super) struct Fence {
    /// Absent where files without a name can't be watched: then every barrier is reached at once.
    post: Option<Post>,
    /// Those whose write is under way.
    waiting: Vec<oneshot::Sender<()>>,
    /// Those who asked after that write.
    next: Vec<oneshot::Sender<()>>,
    has_passed: bool,
}

#[derive(Debug)]
struct Post {
    file: File,
    path: PathBuf,
}

impl Fence {
    /// Puts up the nameless file.
    pub(super) fn new(tree: &mut Tree) -> Fence {
        Fence {
            post: Post::new(tree),
            ..Fence::default()
        }
    }

    /// Somebody asks to be told. They are handed back when there is nothing to wait for.
    pub(super) fn ask(&mut self, done: oneshot::Sender<()>) -> Option<oneshot::Sender<()>> {
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

    /// There will be no news any more: all may be told at once, now and in future.
    pub(super) fn abandon(&mut self) -> Vec<oneshot::Sender<()>> {
        self.post = None;
        let mut reached = std::mem::take(&mut self.waiting);
        reached.append(&mut self.next);
        reached
    }

    /// Is this the news of our own write?
    pub(super) fn passes(&mut self, event: &notify::Event) -> bool {
        let is_ours = self
            .post
            .as_ref()
            .is_some_and(|post| event.paths.first() == Some(&post.path));
        self.has_passed |= is_ours && matches!(event.kind, EventKind::Modify(ModifyKind::Data(_)));
        is_ours
    }

    /// Those who may be told now. Those who asked since get a write of their own.
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
    fn new(tree: &mut Tree) -> Option<Post> {
        use std::os::fd::AsRawFd as _;
        let file = tempfile::tempfile().ok()?;
        let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
        tree.watch_file(&path).then_some(Post { file, path })
    }

    #[cfg(not(target_os = "linux"))]
    fn new(_tree: &mut Tree) -> Option<Post> {
        None
    }

    /// Writes where it has written before, so that the file does not grow.
    fn write(&mut self) -> io::Result<()> {
        self.file.rewind()?;
        self.file.write_all(b".")
    }
}
