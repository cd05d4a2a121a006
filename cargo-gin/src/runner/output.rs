//! What the app writes: passed on as it comes, and its last lines kept.

use std::time::Duration;

use bytes::BytesMut;
use tokio::io::AsyncReadExt as _;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::runner::stdio::Source;
use crate::state::{Chunk, Stream, Tail, TailLine};

/// The two streams of an app that are being read.
#[derive(Debug)]
pub(super) struct Output {
    readers: Vec<JoinHandle<()>>,
    tail: watch::Receiver<Tail>,
}

impl Output {
    /// Reads all streams until they end.
    pub(super) fn follow(sources: Vec<(Stream, Source)>, written: &mpsc::Sender<Chunk>) -> Output {
        let (kept, tail) = watch::channel(Tail::default());
        let readers = sources
            .into_iter()
            .map(|(stream, source)| {
                tokio::spawn(read(source, stream, written.clone(), kept.clone()))
            })
            .collect();
        Output { readers, tail }
    }

    /// The last lines so far.
    pub(super) fn tail(&self) -> watch::Receiver<Tail> {
        self.tail.clone()
    }

    /// Waits until all that was written has been read, unless a process that outlives the app holds the pipes open.
    pub(super) async fn end(&mut self) {
        const PATIENCE: Duration = Duration::from_millis(250);
        while let Some(reader) = self.readers.last_mut() {
            if timeout(PATIENCE, &mut *reader).await.is_err() {
                reader.abort();
            }
            self.readers.pop();
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        for reader in &self.readers {
            reader.abort();
        }
    }
}

async fn read(
    mut source: Source,
    stream: Stream,
    written: mpsc::Sender<Chunk>,
    tail: watch::Sender<Tail>,
) {
    let mut line = Vec::new();
    let mut buffer = BytesMut::new();
    loop {
        buffer.reserve(8 << 10);
        if !matches!(source.read_buf(&mut buffer).await, Ok(1..)) {
            break;
        }
        let bytes = buffer.split().freeze();
        tail.send_modify(|tail| keep(tail, &mut line, stream, &bytes));
        // The terminal goes last: an app that still writes while we end must not be stopped by a full pipe.
        let _ = written.send(Chunk { stream, bytes }).await;
    }
    if !line.is_empty() {
        tail.send_modify(|tail| tail.push(tail_line(stream, &line)));
    }
}

/// Adds the lines that `bytes` complete. What is left over waits in `line`.
fn keep(tail: &mut Tail, line: &mut Vec<u8>, stream: Stream, bytes: &[u8]) {
    for part in bytes.split_inclusive(|octet| *octet == b'\n') {
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
