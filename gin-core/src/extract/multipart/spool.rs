//! The data of a file on its way in: to memory, then to a temporary file.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::extract::multipart::storage::{Storage, joined};

/// The most, in bytes, that one file holds in memory.
const MEMORY: usize = 64 << 10;

/// In bytes. Less is not worth the way to another thread.
const BATCH: usize = 256 << 10;

/// A file that is being received.
pub(super) struct Spool {
    /// In bytes.
    memory: usize,
    /// The chunks that are not written yet.
    pending: Vec<Bytes>,
    /// Their length, in bytes.
    length: usize,
    /// The temporary file, which is written while further chunks come.
    writing: Option<JoinHandle<io::Result<File>>>,
}

impl Spool {
    /// Returns an empty file that holds at most `memory` bytes in memory.
    pub(super) fn new(memory: usize) -> Spool {
        Spool {
            memory: memory.min(MEMORY),
            pending: Vec::new(),
            length: 0,
            writing: None,
        }
    }

    pub(super) async fn add(
        &mut self,
        chunk: Bytes,
        directory: Option<&PathBuf>,
    ) -> io::Result<()> {
        self.length += chunk.len();
        self.push(chunk);
        let is_full = match self.writing {
            Some(_) => self.length >= BATCH,
            None => self.length > self.memory,
        };
        if is_full {
            self.write(directory.cloned()).await?;
        }
        Ok(())
    }

    /// Adds a chunk. Small ones are joined, as each would keep more alive than itself.
    fn push(&mut self, chunk: Bytes) {
        const SMALL: usize = 4 << 10;
        if chunk.len() >= SMALL {
            return self.pending.push(chunk);
        }
        let last = self.pending.pop_if(|last| last.len() < SMALL);
        let last = last.map(|last| {
            last.try_into_mut()
                .unwrap_or_else(|last| BytesMut::from(&*last))
        });
        let mut joined = last.unwrap_or_else(|| BytesMut::with_capacity(2 * SMALL));
        joined.extend_from_slice(&chunk);
        self.pending.push(joined.freeze());
    }

    /// Writes the pending chunks, once those before them are written.
    async fn write(&mut self, directory: Option<PathBuf>) -> io::Result<()> {
        let file = self.written().await?;
        let pending = std::mem::take(&mut self.pending);
        self.length = 0;
        self.writing = Some(spawn_blocking(move || {
            let mut file = match (file, directory) {
                (Some(file), _) => file,
                (None, Some(directory)) => tempfile::tempfile_in(directory)?,
                (None, None) => tempfile::tempfile()?,
            };
            for chunk in pending {
                file.write_all(&chunk)?;
            }
            Ok(file)
        }));
        Ok(())
    }

    /// Waits for the file, if there is one.
    async fn written(&mut self) -> io::Result<Option<File>> {
        match self.writing.take() {
            Some(writing) => joined(writing.await).map(Some),
            None => Ok(None),
        }
    }

    pub(super) async fn finish(mut self) -> io::Result<Storage> {
        if self.writing.is_some() && self.length > 0 {
            self.write(None).await?;
        }
        Ok(match self.written().await? {
            Some(file) => Storage::File(Arc::new(file)),
            None => Storage::Memory(self.pending.concat().into()),
        })
    }
}
