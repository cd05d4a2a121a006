//! One end of a connection, with a buffer.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The timeout of everything that a test waits for.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// One end of a connection.
pub(super) struct Wire {
    pub(super) stream: TcpStream,
    unread: Vec<u8>,
}

impl Wire {
    pub(super) fn new(stream: TcpStream) -> Wire {
        stream.set_nodelay(true).unwrap();
        let unread = Vec::new();
        Wire { stream, unread }
    }

    pub(super) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Reads a head.
    pub(super) async fn head(&mut self) -> String {
        self.until("\r\n\r\n").await
    }

    /// Reads to the end of this text.
    pub(super) async fn until(&mut self, end: &str) -> String {
        loop {
            let found = self
                .unread
                .windows(end.len())
                .position(|window| window == end.as_bytes());
            if let Some(found) = found {
                let rest = self.unread.split_off(found + end.len());
                let text = std::mem::replace(&mut self.unread, rest);
                return String::from_utf8(text).unwrap();
            }
            assert!(
                self.fill().await,
                "closed before {end:?}: {:?}",
                self.unread.escape_ascii().to_string()
            );
        }
    }

    /// Reads `count` bytes.
    pub(super) async fn bytes(&mut self, count: usize) -> String {
        while self.unread.len() < count {
            assert!(
                self.fill().await,
                "closed after {} of {count}",
                self.unread.len()
            );
        }
        let rest = self.unread.split_off(count);
        String::from_utf8(std::mem::replace(&mut self.unread, rest)).unwrap()
    }

    /// Reads exactly these bytes.
    pub(super) async fn reads(&mut self, bytes: &[u8]) {
        while self.unread.len() < bytes.len() {
            assert!(self.fill().await, "closed after {:?}", self.unread);
        }
        let rest = self.unread.split_off(bytes.len());
        assert_eq!(std::mem::replace(&mut self.unread, rest), bytes);
    }

    /// Reads to the end, and expects exactly these bytes.
    pub(super) async fn reads_to_end(&mut self, bytes: &[u8]) {
        while self.fill().await {}
        assert_eq!(std::mem::take(&mut self.unread), bytes);
    }

    /// Reads to the end. A reset is an end, too.
    pub(super) async fn rest(&mut self) -> String {
        while self.fill().await {}
        String::from_utf8(std::mem::take(&mut self.unread)).unwrap()
    }

    async fn fill(&mut self) -> bool {
        let read = within("more bytes", self.stream.read_buf(&mut self.unread)).await;
        read.is_ok_and(|count| count > 0)
    }
}

/// Waits for `future`, and fails the test after a timeout.
pub(super) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("{what} never came"))
}

/// Returns the value of a header field, which must not occur twice.
pub(super) fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut values = head.lines().filter_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    });
    let value = values.next();
    assert!(values.next().is_none(), "{name} is there twice:\n{head}");
    value
}

/// Returns the status code of a response.
pub(super) fn code(head: &str) -> u16 {
    head.split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or_else(|| panic!("no status in {head:?}"))
}
