//! One end of a connection, and what was read there.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Nothing that is to happen takes longer.
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

    pub(super) async fn send(&mut self, octets: impl AsRef<[u8]>) {
        self.stream.write_all(octets.as_ref()).await.unwrap();
    }

    /// Reads up to the end of a head.
    pub(super) async fn head(&mut self) -> String {
        self.until("\r\n\r\n").await
    }

    /// Reads up to and with this text.
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

    /// Reads so many octets.
    pub(super) async fn octets(&mut self, count: usize) -> String {
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

    /// Reads exactly these octets.
    pub(super) async fn bears(&mut self, octets: &[u8]) {
        while self.unread.len() < octets.len() {
            assert!(self.fill().await, "closed after {:?}", self.unread);
        }
        let rest = self.unread.split_off(octets.len());
        assert_eq!(std::mem::replace(&mut self.unread, rest), octets);
    }

    /// Reads exactly these octets and the end.
    pub(super) async fn bears_and_ends(&mut self, octets: &[u8]) {
        while self.fill().await {}
        assert_eq!(std::mem::take(&mut self.unread), octets);
    }

    /// Reads to the end. A reset is an end, too.
    pub(super) async fn rest(&mut self) -> String {
        while self.fill().await {}
        String::from_utf8(std::mem::take(&mut self.unread)).unwrap()
    }

    async fn fill(&mut self) -> bool {
        let read = within("more octets", self.stream.read_buf(&mut self.unread)).await;
        read.is_ok_and(|count| count > 0)
    }
}

/// Fails the test when it does not come.
pub(super) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("{what} never came"))
}

/// The value of a field in a head, if it is there once.
pub(super) fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut values = head.lines().filter_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    });
    let value = values.next();
    assert!(values.next().is_none(), "{name} is there twice:\n{head}");
    value
}

/// The code in an answer's first line.
pub(super) fn code(head: &str) -> u16 {
    head.split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or_else(|| panic!("no status in {head:?}"))
}
