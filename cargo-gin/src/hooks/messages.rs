//! Cargo's messages in the output of a hook.

use bytes::{Bytes, BytesMut};

use crate::builder;
use crate::diagnostics::Diagnostic;
use crate::state::{Chunk, Stream};

/// Takes cargo's messages out of the standard output of a hook, whose command may be `cargo clippy --message-format=json`.
#[derive(Debug, Default)]
pub(super) struct Messages {
    /// The beginning of a line.
    unfinished: BytesMut,
}

impl Messages {
    /// The longest beginning of a line that is kept: a diagnostic can be long.
    const MAX_LINE: usize = 16 << 20;

    /// Takes the messages out of a chunk, and passes the diagnostics among them on. Returns the rest, if there is any.
    pub(super) fn take(
        &mut self,
        chunk: Chunk,
        mut on_diagnostic: impl FnMut(Diagnostic),
    ) -> Option<Chunk> {
        if chunk.stream != Stream::Stdout {
            return Some(chunk);
        }
        self.unfinished.extend_from_slice(&chunk.bytes);
        let end = self.unfinished.iter().rposition(|byte| *byte == b'\n');
        let length = match end {
            Some(end) => end + 1,
            None if self.unfinished.len() > Self::MAX_LINE => self.unfinished.len(),
            None => return None,
        };
        let lines = self.unfinished.split_to(length);
        let mut rest = Vec::new();
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            match builder::message(line) {
                builder::Line::Diagnostic(diagnostic) => on_diagnostic(*diagnostic),
                builder::Line::OtherMessage => {}
                builder::Line::Text => rest.extend_from_slice(line),
            }
        }
        let bytes = Bytes::from(rest);
        (!bytes.is_empty()).then_some(Chunk { bytes, ..chunk })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Writer;

    #[test]
    fn messages_are_taken_out_and_other_lines_stay() {
        let warning = r#"{"reason":"compiler-message","target":{"name":"app","kind":["bin"]},"message":{"message":"needless borrow","level":"warning"}}"#;
        let text = format!("begins\n{warning}\r\n{{\"reason\":\"build-finished\"}}\nends\n{{}}\n");
        let mut messages = Messages::default();
        let (mut rest, mut found) = (String::new(), Vec::new());
        // A chunk may end anywhere.
        for part in text.as_bytes().chunks(7) {
            let chunk = Chunk {
                writer: Writer::App,
                stream: Stream::Stdout,
                bytes: Bytes::copy_from_slice(part),
            };
            let taken = messages.take(chunk, |diagnostic| found.push(diagnostic.message.message));
            rest.extend(taken.map(|chunk| String::from_utf8(chunk.bytes.to_vec()).unwrap()));
        }
        assert_eq!(rest, "begins\nends\n{}\n");
        assert_eq!(found, ["needless borrow"]);
    }
}
