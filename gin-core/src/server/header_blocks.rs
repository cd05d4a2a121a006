//! The header blocks of an HTTP/2 connection, followed from frame to frame.
//!
//! A block that has begun and does not end holds up all other frames of its connection (RFC 9113 §4.3). h2 does not report it, so
//! that the lengths, types and flags of frames are read here. Nothing else of a frame is looked at, and what is wrong with one
//! is left to h2.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context as Task, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::server::socket::Socket;

/// The first bytes of an HTTP/2 connection (RFC 9113 §3.4).
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// In bytes: the length, type, flags and stream of a frame (RFC 9113 §4.1).
const FRAME_HEADER: usize = 9;

// RFC 9113 §6.2 and §6.10.
const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 4;

/// The place in the bytes of an HTTP/2 connection.
#[derive(Debug)]
pub(crate) struct HeaderBlocks {
    /// The header of the frame that comes now, of which `seen` bytes are known.
    header: [u8; FRAME_HEADER],
    seen: usize,
    /// The bytes that are missing of the preface or a frame's payload.
    missing: usize,
    /// A header block has begun, and its end has not come.
    is_open: bool,
    /// The frame whose payload comes is the last one of its block.
    is_last: bool,
    /// A block has ended since this was taken.
    has_ended: bool,
}

impl HeaderBlocks {
    /// Returns the place before the preface.
    fn new() -> HeaderBlocks {
        HeaderBlocks {
            header: [0; FRAME_HEADER],
            seen: 0,
            missing: PREFACE.len(),
            is_open: false,
            is_last: false,
            has_ended: false,
        }
    }

    /// Returns `true` if a block has begun, or a frame that may begin one.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open || self.seen > 0
    }

    /// Returns `true` if a block has ended since the last call.
    pub(crate) fn take_end(&mut self) -> bool {
        std::mem::take(&mut self.has_ended)
    }

    /// Follows `bytes`, which come next.
    fn follow(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let length = self.missing.min(bytes.len());
            self.missing -= length;
            bytes = &bytes[length..];
            if self.missing > 0 {
                return;
            }
            self.end_payload();
            let length = (FRAME_HEADER - self.seen).min(bytes.len());
            self.header[self.seen..][..length].copy_from_slice(&bytes[..length]);
            self.seen += length;
            bytes = &bytes[length..];
            if self.seen == FRAME_HEADER {
                self.begin_payload();
            }
        }
    }

    fn begin_payload(&mut self) {
        let [high, middle, low, kind, flags, ..] = self.header;
        self.seen = 0;
        self.missing = u32::from_be_bytes([0, high, middle, low]) as usize;
        let is_block = matches!(kind, HEADERS | CONTINUATION);
        self.is_open |= is_block;
        self.is_last = is_block && flags & END_HEADERS != 0;
        self.has_ended |= !self.is_open;
        if self.missing == 0 {
            self.end_payload();
        }
    }

    fn end_payload(&mut self) {
        if std::mem::take(&mut self.is_last) {
            self.is_open = false;
            self.has_ended = true;
        }
    }
}

/// A socket whose header blocks are followed while they are read.
pub(crate) struct FollowedSocket {
    socket: Socket,
    /// `None` once the connection speaks another protocol.
    blocks: Option<HeaderBlocks>,
}

impl FollowedSocket {
    pub(crate) fn new(socket: Socket) -> FollowedSocket {
        FollowedSocket {
            socket,
            blocks: Some(HeaderBlocks::new()),
        }
    }

    pub(crate) fn get_ref(&self) -> &Socket {
        &self.socket
    }

    pub(crate) fn into_inner(self) -> Socket {
        self.socket
    }

    /// The header blocks, unless they are no longer followed.
    pub(crate) fn blocks(&mut self) -> Option<&mut HeaderBlocks> {
        self.blocks.as_mut()
    }

    /// Follows no header blocks from now on, as the connection does not speak HTTP/2.
    pub(crate) fn unfollow(&mut self) {
        self.blocks = None;
    }
}

impl AsyncRead for FollowedSocket {
    #[inline]
    fn poll_read(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.socket).poll_read(task, buffer))?;
        if let Some(blocks) = &mut self.blocks {
            blocks.follow(&buffer.filled()[before..]);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for FollowedSocket {
    #[inline]
    fn poll_write(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(task, bytes)
    }

    #[inline]
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(task, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    #[inline]
    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(task)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, length: u8) -> Vec<u8> {
        let header = [0, 0, length, kind, flags, 0, 0, 0, 1];
        [header.as_slice(), &vec![kind; usize::from(length)]].concat()
    }

    /// Returns the places, in bytes after the preface, at which a header block, or a frame that may begin one, is incomplete.
    fn open_at(bytes: &[u8], size: usize) -> Vec<usize> {
        let mut blocks = HeaderBlocks::new();
        blocks.follow(PREFACE);
        let mut open = Vec::new();
        let mut place = 0;
        for chunk in bytes.chunks(size) {
            blocks.follow(chunk);
            place += chunk.len();
            if blocks.is_open() {
                open.push(place);
            }
        }
        open
    }

    #[test]
    fn a_block_is_open_from_its_first_byte_to_its_last() {
        const DATA: u8 = 0;
        let frames = [
            frame(DATA, END_HEADERS, 20),
            frame(HEADERS, 0, 3),
            frame(CONTINUATION, 0, 0),
            frame(CONTINUATION, END_HEADERS, 2),
            frame(DATA, 0, 1),
            frame(HEADERS, END_HEADERS, 0),
        ];
        let bytes = frames.concat();
        // The second to the fourth frame, and the headers of the others, each except its last byte.
        let expected: Vec<usize> = (1..9).chain(30..61).chain(62..70).chain(72..80).collect();
        for size in [1, 2, 3, 7, bytes.len()] {
            let is_seen = |place: &usize| place.is_multiple_of(size);
            let expected: Vec<usize> = expected.iter().copied().filter(is_seen).collect();
            assert_eq!(open_at(&bytes, size), expected, "{size} bytes at once");
        }
    }
}

#[cfg(all(test, feature = "tls"))]
mod timeouts {
    use std::sync::Arc;

    use futures_util::FutureExt;
    use hyper_util::rt::TokioIo;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::time::advance;

    use super::*;
    use crate::connection::{Activity, Limits};
    use crate::server::io::ObservedSocket;
    use crate::server::secure::plain;

    /// Each read ends one block and begins the next.
    #[tokio::test(start_paused = true)]
    async fn each_block_has_a_timeout_of_its_own() {
        const BLOCKS: usize = 5;
        let limits = Arc::new(Limits::default());
        let most = limits.header_read_timeout * 2 / 3;
        let activity = Arc::new(Activity::new(limits));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("it is free");
        let address = listener.local_addr().expect("it is bound");
        let mut client = TcpStream::connect(address).await.expect("it is bound");
        let (socket, _) = listener.accept().await.expect("it has connected");
        let socket = ObservedSocket::new(plain(socket), activity.clone());
        let mut server = TokioIo::new(socket);
        let _running = activity.begin_request();
        let block = [0, 0, 3, HEADERS, END_HEADERS, 0, 0, 0, 1, 0x82, 0x86, 0x84];
        let (first, rest) = block.split_at(10);
        let mut bytes = [PREFACE, first].concat();
        for _ in 0..BLOCKS {
            client.write_all(&bytes).await.expect("it is open");
            let mut read = vec![0; bytes.len()];
            server.read_exact(&mut read).await.expect("it is open");
            assert!(server.read(&mut [0]).now_or_never().is_none());
            assert!(!activity.is_late(), "the block has just begun");
            advance(most).await;
            assert!(!activity.is_late(), "the block is in time");
            bytes = [rest, first].concat();
        }
        advance(most).await;
        assert!(activity.is_late());
    }
}
