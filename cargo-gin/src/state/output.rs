//! The output of an app: its last lines, and the chunks in which it was written.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use crate::panic::Panic;

/// The last lines that an app wrote: at most [`Tail::LINES`], each cut at [`Tail::WIDTH`] bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tail {
    lines: Arc<VecDeque<TailLine>>,
    /// The number of lines that were ever added.
    count: u64,
}

/// A line of an app's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TailLine {
    pub(crate) stream: Stream,
    /// The line with its colors, without its line ending.
    pub(crate) text: String,
}

/// A chunk of output, as it was written. That of a process beside the app consists of whole lines.
#[derive(Clone, Debug)]
pub(crate) struct Chunk {
    pub(crate) writer: Writer,
    pub(crate) stream: Stream,
    pub(crate) bytes: Bytes,
}

/// The process that wrote a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Writer {
    App,
    /// A process beside the app, by its name.
    Side(Arc<str>),
    /// A hook, by its name.
    Hook(Arc<str>),
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
    /// The number of lines that are kept: enough for a panic in a handler with its whole backtrace.
    pub(crate) const LINES: usize = 400;
    /// The number of bytes of a line that are kept.
    pub(crate) const WIDTH: usize = 4096;

    /// Adds a line and forgets the oldest beyond the limit.
    pub(crate) fn push(&mut self, line: TailLine) {
        self.count += 1;
        let lines = Arc::make_mut(&mut self.lines);
        if lines.len() == Self::LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// Returns the lines, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &TailLine> {
        self.lines.iter()
    }

    /// Returns the number of lines that were ever added.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Returns the lines that were added after the first `count`, as far as they are kept.
    pub(crate) fn after(&self, count: u64) -> Tail {
        let newer = usize::try_from(self.count.saturating_sub(count)).unwrap_or(usize::MAX);
        let older = self.lines.len().saturating_sub(newer);
        Tail {
            lines: Arc::new(self.lines.iter().skip(older).cloned().collect()),
            count: self.count,
        }
    }

    /// Returns the panics among the lines, oldest first.
    pub(crate) fn panics(&self) -> Vec<Panic> {
        let errors = self.iter().filter(|line| line.stream == Stream::Stderr);
        Panic::all(errors.map(|line| line.text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_after_a_count_are_those_that_were_added_since() {
        let mut tail = Tail::default();
        let add = |tail: &mut Tail, text: String| {
            let stream = Stream::Stderr;
            tail.push(TailLine { stream, text });
        };
        let texts = |tail: &Tail| {
            tail.iter()
                .map(|line| line.text.clone())
                .collect::<Vec<_>>()
        };
        add(&mut tail, "before".to_owned());
        let count = tail.count();
        assert_eq!(texts(&tail.after(count)), Vec::<String>::new());
        add(&mut tail, "after".to_owned());
        assert_eq!(texts(&tail.after(count)), ["after"]);
        for number in 0..Tail::LINES {
            add(&mut tail, number.to_string());
        }
        assert_eq!(tail.after(count).iter().count(), Tail::LINES);
        assert_eq!(tail.iter().count(), Tail::LINES);
    }
}
