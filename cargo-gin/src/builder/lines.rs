//! A stream as lines.

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

/// Splits a stream at any of a few octets, without letting a line grow past [`Lines::LIMIT`].
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    ends: &'static [u8],
    line: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// The longest line that is kept whole: 16 MiB. What is longer is cut, and so no longer JSON.
    const LIMIT: usize = 16 << 20;

    /// Splits `stream` at each of `ends`.
    pub(super) fn new(stream: R, ends: &'static [u8]) -> Lines<R> {
        Lines {
            reader: BufReader::with_capacity(64 << 10, stream),
            ends,
            line: Vec::new(),
        }
    }

    /// The next line without its end, or `None` at the stream's end. Keeps what it has read when dropped half-way.
    pub(super) async fn next(&mut self) -> std::io::Result<Option<&[u8]>> {
        if self
            .line
            .last()
            .is_some_and(|last| self.ends.contains(last))
        {
            self.line.clear();
        }
        loop {
            let chunk = self.reader.fill_buf().await?;
            let end = chunk.iter().position(|octet| self.ends.contains(octet));
            let taken = end.map_or(chunk.len(), |end| end + 1);
            let room = Self::LIMIT.saturating_sub(self.line.len()).min(taken);
            self.line.extend_from_slice(&chunk[..room]);
            if let (Some(end), true) = (end, room < taken) {
                self.line.push(chunk[end]);
            }
            self.reader.consume(taken);
            match (end, taken) {
                (Some(_), _) => return Ok(self.line.split_last().map(|(_, line)| line)),
                (None, 0) if self.line.is_empty() => return Ok(None),
                (None, 0) => {
                    self.line.extend(self.ends.first());
                    return Ok(self.line.split_last().map(|(_, line)| line));
                }
                (None, _) => {}
            }
        }
    }
}
