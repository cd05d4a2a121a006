//! The data of an upload, in memory or in a temporary file.

use std::fs::File;
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll};

use bytes::Bytes;
use futures_core::Stream;
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

/// The data of an upload. The file has no name, so that the system removes it when it is closed, whatever happens.
#[derive(Debug, Clone)]
pub(super) enum Storage {
    Memory(Bytes),
    File(Arc<File>),
}

impl Storage {
    /// Returns the number of bytes in memory.
    pub(super) fn memory(&self) -> usize {
        match self {
            Storage::Memory(bytes) => bytes.len(),
            Storage::File(_) => 0,
        }
    }

    pub(super) async fn read(&self, length: u64) -> io::Result<Bytes> {
        match self {
            Storage::Memory(bytes) => Ok(bytes.clone()),
            Storage::File(file) => {
                let mut reader = FileReader::new(file.clone());
                let length = usize::try_from(length).map_err(io::Error::other)?;
                let read = off_thread(move || {
                    let mut bytes = Vec::with_capacity(length);
                    reader.read_to_end(&mut bytes)?;
                    Ok(bytes.into())
                });
                read.await
            }
        }
    }

    /// Writes all data to `file`. It blocks.
    pub(super) fn copy_to(&self, file: &mut File) -> io::Result<()> {
        match self {
            Storage::Memory(bytes) => file.write_all(bytes),
            Storage::File(own) => {
                let mut reader =
                    io::BufReader::with_capacity(128 << 10, FileReader::new(own.clone()));
                io::copy(&mut reader, file).map(drop)
            }
        }
    }
}

/// Runs `work` on a thread that may block.
pub(super) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    joined(spawn_blocking(work).await)
}

/// Returns the result of work on another thread. A panic there is an error here.
pub(super) fn joined<T>(done: Result<io::Result<T>, JoinError>) -> io::Result<T> {
    done.unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// A reader with a position of its own, as several may read a file at once.
pub(super) struct FileReader {
    file: Arc<File>,
    position: u64,
}

impl FileReader {
    fn new(file: Arc<File>) -> FileReader {
        FileReader { file, position: 0 }
    }
}

impl Read for FileReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        let length = std::os::unix::fs::FileExt::read_at(&*self.file, buffer, self.position)?;
        #[cfg(windows)]
        let length = std::os::windows::fs::FileExt::seek_read(&*self.file, buffer, self.position)?;
        self.position += length as u64;
        Ok(length)
    }
}

/// The data of an upload as a stream.
pub(super) enum Chunks {
    Memory(Bytes),
    Idle(FileReader),
    Reading(JoinHandle<io::Result<(FileReader, Bytes)>>),
    Ended,
}

impl From<Storage> for Chunks {
    fn from(storage: Storage) -> Chunks {
        match storage {
            Storage::Memory(bytes) => Chunks::Memory(bytes),
            Storage::File(file) => Chunks::Idle(FileReader::new(file)),
        }
    }
}

impl Stream for Chunks {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<Self::Item>> {
        const READ_SIZE: usize = 128 << 10;
        loop {
            match std::mem::replace(&mut *self, Chunks::Ended) {
                Chunks::Memory(bytes) if !bytes.is_empty() => return Poll::Ready(Some(Ok(bytes))),
                Chunks::Memory(_) | Chunks::Ended => return Poll::Ready(None),
                Chunks::Idle(mut reader) => {
                    *self = Chunks::Reading(spawn_blocking(move || {
                        let mut bytes = vec![0; READ_SIZE];
                        let length = reader.read(&mut bytes)?;
                        bytes.truncate(length);
                        Ok((reader, bytes.into()))
                    }));
                }
                Chunks::Reading(mut read) => {
                    let Poll::Ready(done) = Pin::new(&mut read).poll(task) else {
                        *self = Chunks::Reading(read);
                        return Poll::Pending;
                    };
                    let (reader, bytes) = match joined(done) {
                        Ok(read) => read,
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    };
                    if bytes.is_empty() {
                        return Poll::Ready(None);
                    }
                    *self = Chunks::Idle(reader);
                    return Poll::Ready(Some(Ok(bytes)));
                }
            }
        }
    }
}
