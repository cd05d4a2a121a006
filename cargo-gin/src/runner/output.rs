//! The output of a process: passed on as it comes, and its last lines kept.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::AsyncReadExt as _;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::runner::stdio::StdioReader;
use crate::state::{Chunk, Stream, Tail, TailLine, Writer};

/// The tasks that read a process's two streams.
#[derive(Debug)]
pub(crate) struct OutputReaders {
    tasks: Vec<JoinHandle<()>>,
    tail: watch::Receiver<Tail>,
}

/// A text that a process is expected to write.
#[derive(Clone, Debug)]
pub(crate) struct AwaitedText {
    text: Arc<str>,
    is_written_tx: watch::Sender<bool>,
}

impl AwaitedText {
    pub(crate) fn new(text: &str) -> AwaitedText {
        AwaitedText {
            text: text.into(),
            is_written_tx: watch::Sender::default(),
        }
    }

    /// Waits until a line contains the text.
    pub(crate) async fn written(&self) {
        let mut is_written = self.is_written_tx.subscribe();
        // We hold the sender.
        let _ = is_written.wait_for(|is_written| *is_written).await;
    }

    fn look_in(&self, line: &TailLine) {
        if console::strip_ansi_codes(&line.text).contains(&*self.text) {
            self.is_written_tx.send_replace(true);
        }
    }
}

impl OutputReaders {
    /// Reads all streams until they end.
    pub(crate) fn start(
        readers: Vec<(Stream, StdioReader)>,
        writer: &Writer,
        output_tx: &mpsc::Sender<Chunk>,
    ) -> OutputReaders {
        OutputReaders::start_awaiting(readers, writer, output_tx, None)
    }

    /// As [`OutputReaders::start`], and looks for a text in every line.
    pub(crate) fn start_awaiting(
        readers: Vec<(Stream, StdioReader)>,
        writer: &Writer,
        output_tx: &mpsc::Sender<Chunk>,
        awaited: Option<&AwaitedText>,
    ) -> OutputReaders {
        let (tail_tx, tail_rx) = watch::channel(Tail::default());
        let tasks = readers
            .into_iter()
            .map(|(stream, reader)| {
                let sink = Sink {
                    writer: writer.clone(),
                    stream,
                    output_tx: output_tx.clone(),
                    awaited: awaited.cloned(),
                    unfinished: BytesMut::new(),
                };
                tokio::spawn(read(reader, sink, tail_tx.clone()))
            })
            .collect();
        OutputReaders {
            tasks,
            tail: tail_rx,
        }
    }

    /// Returns the last lines, as they change.
    pub(crate) fn tail(&self) -> watch::Receiver<Tail> {
        self.tail.clone()
    }

    /// Waits until all output was read. If a process that outlives this one holds the pipes open, it gives up soon.
    pub(crate) async fn end(&mut self) {
        const TIMEOUT: Duration = Duration::from_millis(250);
        while let Some(task) = self.tasks.last_mut() {
            if timeout(TIMEOUT, &mut *task).await.is_err() {
                task.abort();
            }
            self.tasks.pop();
        }
    }
}

impl Drop for OutputReaders {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Passes the chunks of a stream on.
struct Sink {
    writer: Writer,
    stream: Stream,
    output_tx: mpsc::Sender<Chunk>,
    awaited: Option<AwaitedText>,
    /// The beginning of a line that another process must not interrupt.
    unfinished: BytesMut,
}

impl Sink {
    /// The longest line that is kept whole.
    const MAX_LINE: usize = 64 << 10;

    /// Passes bytes on: those of the app at once, those of another process up to the end of a line.
    async fn pass(&mut self, bytes: Bytes) {
        if self.writer == Writer::App {
            return self.send(bytes).await;
        }
        self.unfinished.extend_from_slice(&bytes);
        let end = self.unfinished.iter().rposition(|byte| *byte == b'\n');
        let length = match end {
            Some(end) => end + 1,
            None if self.unfinished.len() > Self::MAX_LINE => self.unfinished.len(),
            None => return,
        };
        let lines = self.unfinished.split_to(length).freeze();
        self.send(lines).await;
    }

    /// Passes the rest of an unfinished line on.
    async fn end(mut self) {
        if !self.unfinished.is_empty() {
            let rest = self.unfinished.split().freeze();
            self.send(rest).await;
        }
    }

    async fn send(&self, bytes: Bytes) {
        let chunk = Chunk {
            writer: self.writer.clone(),
            stream: self.stream,
            bytes,
        };
        // An error means that the terminal is gone while we end. The process may still write, so its pipe is read on.
        let _ = self.output_tx.send(chunk).await;
    }
}

async fn read(mut reader: StdioReader, mut sink: Sink, tail_tx: watch::Sender<Tail>) {
    let stream = sink.stream;
    let mut line = Vec::new();
    let mut buffer = BytesMut::new();
    loop {
        buffer.reserve(8 << 10);
        if !matches!(reader.read_buf(&mut buffer).await, Ok(1..)) {
            break;
        }
        let bytes = buffer.split().freeze();
        let lines = lines(&mut line, stream, &bytes);
        // The tail forgets the oldest lines of a burst before anyone else reads it.
        if let Some(awaited) = &sink.awaited {
            for line in &lines {
                awaited.look_in(line);
            }
        }
        tail_tx.send_modify(|tail| {
            for line in lines {
                tail.push(line);
            }
        });
        sink.pass(bytes).await;
    }
    sink.end().await;
    if !line.is_empty() {
        tail_tx.send_modify(|tail| tail.push(tail_line(stream, &line)));
    }
}

/// Returns the lines that `bytes` complete. An incomplete line is kept in `line`.
fn lines(line: &mut Vec<u8>, stream: Stream, bytes: &[u8]) -> Vec<TailLine> {
    let mut lines = Vec::new();
    for part in bytes.split_inclusive(|byte| *byte == b'\n') {
        let (text, is_complete) = match part.strip_suffix(b"\n") {
            Some(text) => (text, true),
            None => (part, false),
        };
        let room = Tail::WIDTH.saturating_sub(line.len()).min(text.len());
        line.extend_from_slice(&text[..room]);
        if is_complete {
            lines.push(tail_line(stream, line));
            line.clear();
        }
    }
    lines
}

fn tail_line(stream: Stream, line: &[u8]) -> TailLine {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    TailLine {
        stream,
        text: String::from_utf8_lossy(line).into_owned(),
    }
}
