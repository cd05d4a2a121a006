//! The reader of our output.

#[cfg(unix)]
use std::fs::File;
#[cfg(unix)]
use std::io;
#[cfg(unix)]
use std::os::fd::AsFd;
#[cfg(unix)]
use std::os::unix::fs::FileTypeExt as _;

#[cfg(unix)]
use rustix::event::{PollFd, PollFlags, poll};
use tokio::sync::oneshot;

/// The other end of the pipe that one of our streams goes to.
#[derive(Debug)]
pub(super) struct Reader {
    /// `None` for a file, which has no reader, and for a terminal, whose end is announced by SIGHUP.
    gone: Option<oneshot::Receiver<()>>,
}

impl Reader {
    /// Finds the reader of a stream.
    #[cfg(unix)]
    pub(super) fn of(stream: impl AsFd) -> Reader {
        Reader {
            gone: pipe(stream).ok().flatten().map(watch),
        }
    }

    /// Finds no reader: only Unix reports whether there is one.
    #[cfg(not(unix))]
    pub(super) fn of<T>(_stream: T) -> Reader {
        Reader { gone: None }
    }

    /// Waits until the reader is gone. Later calls wait forever.
    pub(super) async fn gone(&mut self) {
        if let Some(gone) = &mut self.gone {
            let closed = gone.await;
            self.gone = None;
            if closed.is_ok() {
                return;
            }
        }
        std::future::pending::<()>().await;
    }
}

/// Returns the pipe or socket that a stream goes to, if it is one.
#[cfg(unix)]
fn pipe(stream: impl AsFd) -> io::Result<Option<File>> {
    let file = File::from(stream.as_fd().try_clone_to_owned()?);
    let kind = file.metadata()?.file_type();
    Ok((kind.is_fifo() || kind.is_socket()).then_some(file))
}

/// Waits in a thread of its own: the runtime would make the pipe non-blocking for all processes that share it.
#[cfg(unix)]
fn watch(pipe: File) -> oneshot::Receiver<()> {
    let (gone_tx, gone_rx) = oneshot::channel();
    std::thread::spawn(move || {
        // poll reports a closed end whatever events are requested.
        let mut waiting = [PollFd::new(&pipe, PollFlags::empty())];
        if rustix::io::retry_on_intr(|| poll(&mut waiting, None)).is_ok() {
            // The terminal task may have ended.
            let _ = gone_tx.send(());
        }
    });
    gone_rx
}
