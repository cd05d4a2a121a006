//! Splits a stream into lines.

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

/// The lines of a stream, each ended by any of a few bytes. A line cannot grow past [`Lines::LIMIT`].
pub(crate) struct Lines<R> {
    reader: BufReader<R>,
    ends: &'static [u8],
    line: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// The longest line that is kept whole: 64 MiB. A longer one is cut, and then no longer valid JSON.
    pub(crate) const LIMIT: usize = 64 << 20;

    /// Splits `stream` at each of `ends`.
    pub(crate) fn new(stream: R, ends: &'static [u8]) -> Lines<R> {
        Lines {
            reader: BufReader::with_capacity(64 << 10, stream),
            ends,
            line: Vec::new(),
        }
    }

    /// Returns the next line without its end, or `None` at the stream's end.
    ///
    /// It can be cancelled: the next call continues with the bytes that were read.
    pub(crate) async fn next(&mut self) -> std::io::Result<Option<&[u8]>> {
        if self
            .line
            .last()
            .is_some_and(|last| self.ends.contains(last))
        {
            self.line.clear();
        }
        loop {
            let chunk = self.reader.fill_buf().await?;
            let end = chunk.iter().position(|byte| self.ends.contains(byte));
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

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    async fn split(text: &[u8], ends: &'static [u8]) -> Vec<Vec<u8>> {
        let mut lines = Lines::new(text, ends);
        let mut found = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            found.push(line.to_vec());
        }
        found
    }

    #[tokio::test]
    async fn a_stream_is_split_at_each_of_its_ends() {
        for (text, ends, expected) in [
            ("", "\n", &[][..]),
            ("a\nb\n", "\n", &["a", "b"]),
            ("a\n\nb", "\n", &["a", "", "b"]),
            ("a\rb\nc", "\r\n", &["a", "b", "c"]),
            ("a\rb\n", "\n", &["a\rb"]),
            ("\n", "\n", &[""]),
        ] {
            let expected: Vec<_> = expected
                .iter()
                .map(|line| line.as_bytes().to_vec())
                .collect();
            assert_eq!(
                split(text.as_bytes(), ends.as_bytes()).await,
                expected,
                "{text:?}"
            );
        }
    }

    #[tokio::test]
    async fn an_endless_line_is_cut_and_the_next_one_is_whole() {
        let mut text = vec![b'x'; Lines::<&[u8]>::LIMIT + 100];
        text.extend_from_slice(b"\nnext\n");
        let lines = split(&text, b"\n").await;
        let lengths: Vec<_> = lines.iter().map(Vec::len).collect();
        assert_eq!(lengths, [Lines::<&[u8]>::LIMIT, 4]);
    }

    #[tokio::test]
    async fn a_cancelled_read_loses_nothing() {
        let (mut writer, reader) = tokio::io::duplex(64);
        let mut lines = Lines::new(reader, b"\n");
        writer.write_all(b"ha").await.unwrap();
        tokio::select! {
            biased;
            _ = lines.next() => panic!("half a line is not a line"),
            () = std::future::ready(()) => {}
        }
        writer.write_all(b"lf\n").await.unwrap();
        assert_eq!(lines.next().await.unwrap(), Some(&b"half"[..]));
    }
}
