//! Whoever reads what we write.

use std::fs::File;
#[cfg(unix)]
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt as _;

#[cfg(unix)]
use rustix::event::{PollFd, PollFlags, poll};
use tokio::sync::oneshot;

/// The other end of the pipe that a stream of ours goes to, while somebody holds it.
#[derive(Debug)]
pub(super) struct Reader {
    /// Absent where there is nobody to lose: a file reads nothing, and that a terminal has gone is told by SIGHUP.
    gone: Option<oneshot::Receiver<()>>,
}

impl Reader {
    /// The reader of a stream.
    #[cfg(unix)]
    pub(super) fn of(stream: impl AsFd) -> Reader {
        Reader {
            gone: pipe(stream).ok().flatten().map(watch),
        }
    }

    /// The reader of a stream. Only Unix tells whether there is one.
    #[cfg(not(unix))]
    pub(super) fn of<T>(_stream: T) -> Reader {
        Reader { gone: None }
    }

    /// Waits until nobody can read any more what is written. Once that was told it is not told again.
    pub(super) async fn gone(&mut self) {
        if let Some(gone) = &mut self.gone {
            let told = gone.await;
            self.gone = None;
            if told.is_ok() {
                return;
            }
        }
        std::future::pending::<()>().await;
    }
}

/// What a stream goes to, if that is a pipe: programs also use sockets as such.
#[cfg(unix)]
fn pipe(stream: impl AsFd) -> io::Result<Option<File>> {
    let file = File::from(stream.as_fd().try_clone_to_owned()?);
    let kind = file.metadata()?.file_type();
    Ok((kind.is_fifo() || kind.is_socket()).then_some(file))
}

/// Waits in a thread of its own: the runtime would have the pipe not block, which it shares with whoever else writes to it.
#[cfg(unix)]
fn watch(pipe: File) -> oneshot::Receiver<()> {
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        // That the other end is closed is told whatever is asked for.
        let mut waiting = [PollFd::new(&pipe, PollFlags::empty())];
        if rustix::io::retry_on_intr(|| poll(&mut waiting, None)).is_ok() {
            // The terminal may have ended meanwhile.
            let _ = sender.send(());
        }
    });
    receiver
}
