//! The app's output: passed on as it comes, and its last lines kept.

use std::time::Duration;

use bytes::BytesMut;
use tokio::io::AsyncReadExt as _;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::runner::stdio::StdioReader;
use crate::state::{Chunk, Stream, Tail, TailLine};

/// The tasks that read an app's two streams.
#[derive(Debug)]
pub(super) struct OutputReaders {
    tasks: Vec<JoinHandle<()>>,
    tail: watch::Receiver<Tail>,
}

impl OutputReaders {
    /// Reads all streams until they end.
    pub(super) fn start(
        readers: Vec<(Stream, StdioReader)>,
        output_tx: &mpsc::Sender<Chunk>,
    ) -> OutputReaders {
        let (tail_tx, tail_rx) = watch::channel(Tail::default());
        let tasks = readers
            .into_iter()
            .map(|(stream, reader)| {
                tokio::spawn(read(reader, stream, output_tx.clone(), tail_tx.clone()))
            })
            .collect();
        OutputReaders {
            tasks,
            tail: tail_rx,
        }
    }

    /// Returns the last lines, as they change.
    pub(super) fn tail(&self) -> watch::Receiver<Tail> {
        self.tail.clone()
    }

    /// Waits until all output was read. If a process that outlives the app holds the pipes open, it gives up soon.
    pub(super) async fn end(&mut self) {
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

async fn read(
    mut reader: StdioReader,
    stream: Stream,
    output_tx: mpsc::Sender<Chunk>,
    tail_tx: watch::Sender<Tail>,
) {
    let mut line = Vec::new();
    let mut buffer = BytesMut::new();
    loop {
        buffer.reserve(8 << 10);
        if !matches!(reader.read_buf(&mut buffer).await, Ok(1..)) {
            break;
        }
        let bytes = buffer.split().freeze();
        tail_tx.send_modify(|tail| keep(tail, &mut line, stream, &bytes));
        // An error means that the terminal is gone while we end. The app may still write, so the pipe is read on.
        let _ = output_tx.send(Chunk { stream, bytes }).await;
    }
    if !line.is_empty() {
        tail_tx.send_modify(|tail| tail.push(tail_line(stream, &line)));
    }
}

/// Adds the lines that `bytes` complete. An incomplete line is kept in `line`.
fn keep(tail: &mut Tail, line: &mut Vec<u8>, stream: Stream, bytes: &[u8]) {
    for part in bytes.split_inclusive(|byte| *byte == b'\n') {
        let (text, is_complete) = match part.strip_suffix(b"\n") {
            Some(text) => (text, true),
            None => (part, false),
        };
        let room = Tail::WIDTH.saturating_sub(line.len()).min(text.len());
        line.extend_from_slice(&text[..room]);
        if is_complete {
            tail.push(tail_line(stream, line));
            line.clear();
        }
    }
}

fn tail_line(stream: Stream, line: &[u8]) -> TailLine {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    TailLine {
        stream,
        text: String::from_utf8_lossy(line).into_owned(),
    }
}
