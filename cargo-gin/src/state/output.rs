//! The output of an app: its last lines, and the chunks in which it was written.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use crate::panic::Panic;

/// The last lines that an app wrote: at most [`Tail::LINES`], each cut at [`Tail::WIDTH`] bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tail(Arc<VecDeque<TailLine>>);

/// A line of an app's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TailLine {
    pub(crate) stream: Stream,
    /// The line with its colors, without its line ending.
    pub(crate) text: String,
}

/// A chunk of an app's output, as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Chunk {
    pub(crate) stream: Stream,
    pub(crate) bytes: Bytes,
}

/// One of a process's two outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Stream {
    /// The stream's name in `/__gin/status`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
        }
    }
}

impl Tail {
    /// The number of lines that are kept.
    pub(crate) const LINES: usize = 100;
    /// The number of bytes of a line that are kept.
    pub(crate) const WIDTH: usize = 4096;

    /// Adds a line and forgets the oldest beyond the limit.
    pub(crate) fn push(&mut self, line: TailLine) {
        let lines = Arc::make_mut(&mut self.0);
        if lines.len() == Self::LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// Returns the lines, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &TailLine> {
        self.0.iter()
    }

    /// Returns the panics among the lines, oldest first.
    pub(crate) fn panics(&self) -> Vec<Panic> {
        let errors = self.iter().filter(|line| line.stream == Stream::Stderr);
        Panic::all(errors.map(|line| line.text.as_str()))
    }
}
