//! The content of a file, and the body that sends it in chunks.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context as Task, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::content::Body;
use crate::failure::BoxError;

/// In bytes. No more of a file is read at once. Larger blocks would be allocated from the system, and zeroed, each time.
pub(super) const CHUNK: u64 = 64 << 10;

/// The content of a file, and its length in bytes when it was opened.
#[derive(Debug)]
pub(super) enum Content {
    Memory(Bytes),
    Disk(OpenFile, u64),
}

/// A file that is open for reading.
#[derive(Debug)]
pub(super) struct OpenFile {
    file: File,
    position: u64,
}

impl OpenFile {
    pub(super) fn new(file: File) -> OpenFile {
        OpenFile { file, position: 0 }
    }

    /// Reads a part of the file. It blocks.
    fn read(&mut self, part: &Range<u64>) -> io::Result<Bytes> {
        if self.position != part.start {
            self.file.seek(SeekFrom::Start(part.start))?;
        }
        let length = part.end - part.start;
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        let read = (&self.file).take(length).read_to_end(&mut bytes)?;
        self.position = part.start + read as u64;
        if self.position < part.end {
            // The head has the length already: only cutting the connection shows that the rest is missing.
            return Err(io::Error::new(
                ErrorKind::UnexpectedEof,
                "the file shrank while it was sent",
            ));
        }
        Ok(bytes.into())
    }
}

impl Content {
    pub(super) fn len(&self) -> u64 {
        match self {
            Content::Memory(bytes) => bytes.len() as u64,
            Content::Disk(_, length) => *length,
        }
    }

    /// Reads a small file into memory. It blocks.
    pub(super) fn read_if_small(self) -> io::Result<Content> {
        match self {
            Content::Disk(mut file, length) if length <= CHUNK => {
                file.read(&(0..length)).map(Content::Memory)
            }
            content => Ok(content),
        }
    }
}

/// A piece of a body: text between the parts of a multipart body, or a part of the content.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    Text(Bytes),
    Part(Range<u64>),
}

impl Piece {
    fn len(&self) -> u64 {
        match self {
            Piece::Text(text) => text.len() as u64,
            Piece::Part(part) => part.end - part.start,
        }
    }
}

/// A body of pieces.
#[derive(Debug)]
pub(super) struct Sending {
    source: Source,
    pieces: VecDeque<Piece>,
    /// In bytes, of what is still to be sent.
    rest: u64,
}

#[derive(Debug)]
enum Source {
    Memory(Bytes),
    Disk(OpenFile),
    /// Another thread reads the first chunk of the first piece.
    Reading(JoinHandle<io::Result<(OpenFile, Bytes)>>),
    Failed,
}

impl Sending {
    pub(super) fn new(content: Content, pieces: impl IntoIterator<Item = Piece>) -> Sending {
        let pieces: VecDeque<_> = pieces.into_iter().filter(|piece| piece.len() > 0).collect();
        Sending {
            rest: pieces.iter().map(Piece::len).sum(),
            pieces,
            source: match content {
                Content::Memory(bytes) => Source::Memory(bytes),
                Content::Disk(file, _) => Source::Disk(file),
            },
        }
    }

    /// Returns a body that reads the content when the client takes it.
    pub(super) fn into_body(mut self) -> Body {
        match (&self.source, self.pieces.len()) {
            (_, 0) => Body::empty(),
            (Source::Memory(_), 1) => self.next_of_memory().map_or_else(Body::empty, Body::from),
            _ => Body::new(self),
        }
    }

    /// Reads the body now if it is small, which saves a switch to another thread. It blocks.
    pub(super) fn into_body_now(mut self) -> io::Result<Body> {
        if let (Source::Disk(file), [Piece::Part(part)]) =
            (&mut self.source, self.pieces.make_contiguous())
            && part.end - part.start <= CHUNK
        {
            return file.read(part).map(Body::from);
        }
        Ok(self.into_body())
    }

    /// Returns the next piece, if the content is in memory.
    fn next_of_memory(&mut self) -> Option<Bytes> {
        let Source::Memory(bytes) = &self.source else {
            return None;
        };
        let bytes = match self.pieces.pop_front()? {
            Piece::Text(text) => text,
            Piece::Part(part) => {
                // The parts are inside the content, which is in memory, so that their ends are lengths there.
                let place = |end: u64| usize::try_from(end).unwrap_or(bytes.len());
                bytes.slice(place(part.start)..place(part.end))
            }
        };
        self.rest -= bytes.len() as u64;
        Some(bytes)
    }

    /// Returns the next text that needs no reading.
    fn next_text(&mut self) -> Option<Bytes> {
        let Some(Piece::Text(_)) = self.pieces.front() else {
            return None;
        };
        let Some(Piece::Text(text)) = self.pieces.pop_front() else {
            return None;
        };
        self.rest -= text.len() as u64;
        Some(text)
    }

    /// Lets another thread read the next chunk, if it does not do so yet.
    fn start_reading(&mut self) {
        let Some(Piece::Part(part)) = self.pieces.front() else {
            return;
        };
        let chunk = part.start..part.end.min(part.start + CHUNK);
        match std::mem::replace(&mut self.source, Source::Failed) {
            Source::Disk(mut file) => {
                self.source = Source::Reading(spawn_blocking(move || {
                    file.read(&chunk).map(|bytes| (file, bytes))
                }));
            }
            other => self.source = other,
        }
    }

    /// Keeps what comes after the first `length` bytes of the first piece.
    fn advance(&mut self, length: u64) {
        self.rest -= length;
        if let Some(Piece::Part(part)) = self.pieces.front_mut() {
            part.start += length;
            if part.start >= part.end {
                self.pieces.pop_front();
            }
        }
    }
}

impl HttpBody for Sending {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(bytes) = self.next_text().or_else(|| self.next_of_memory()) {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        self.start_reading();
        let Source::Reading(reading) = &mut self.source else {
            return Poll::Ready(None);
        };
        let read = ready!(Pin::new(reading).poll(task));
        self.source = Source::Failed;
        let (file, bytes) = read??;
        self.source = Source::Disk(file);
        self.advance(bytes.len() as u64);
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest)
    }
}
