//! HTTP/2 clients that leave in the middle: their connection ends at any byte, or their stream is reset after any byte.

use std::hash::{BuildHasher, Hasher, RandomState};

use gin::prelude::*;
use h2::Reason;
use h2::client::SendRequest;
use nix::sys::signal::Signal;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::child::Served;
use crate::frames::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, Frame, GET, HEADERS, PING, POST, PREFACE,
    RST_STREAM, SETTINGS, frame,
};
use crate::multiplex::{begin, connect, request, send, text};
use crate::transport::socket;
use crate::wire::LONG;

async fn is_served(client: &mut SendRequest<Bytes>) {
    let response = send(client, request("http://a/")).await;
    assert_eq!(text(response).await, "hello");
}

/// A connection with every frame that a client sends, on several streams.
fn connection() -> Vec<u8> {
    let (start, rest) = POST.split_at(5);
    let frames = [
        frame(SETTINGS, 0, 0, b""),
        frame(HEADERS, 0, 1, start),
        frame(CONTINUATION, END_HEADERS, 1, rest),
        frame(DATA, 0, 1, b"hel"),
        frame(HEADERS, END_HEADERS | END_STREAM, 3, GET),
        frame(PING, 0, 0, b"12345678"),
        frame(HEADERS, END_HEADERS, 5, POST),
        frame(RST_STREAM, 0, 5, &[0, 0, 0, 8]),
        frame(DATA, END_STREAM, 1, b"lo"),
    ];
    [PREFACE.as_bytes(), &frames.concat()].concat()
}

/// The end of a client's connection.
#[derive(Debug, Clone, Copy)]
enum End {
    Reset,
    Closed,
}

#[tokio::test]
async fn a_connection_that_ends_at_any_byte_leaves_others_served() {
    let server = Served::start();
    let mut other = connect(server.stream().await).await;
    is_served(&mut other).await;
    let before = server.descriptors();
    let connection = connection();
    for length in 0..=connection.len() {
        for end in [End::Reset, End::Closed] {
            let mut wire = server.connect().await;
            wire.send(&connection[..length]).await;
            match end {
                End::Reset => socket(&wire.0).set_zero_linger().expect("it is open"),
                End::Closed => {
                    // It fails if the server has closed the connection.
                    let _ = wire.0.shutdown().await;
                    wire.rest().await;
                }
            }
            drop(wire);
            is_served(&mut other).await;
        }
    }
    let settled = async {
        while server.descriptors() != before {
            is_served(&mut other).await;
        }
    };
    timeout(LONG, settled)
        .await
        .expect("the connections are closed");
    server.signal(Signal::SIGTERM);
    let log = server.ended();
    assert!(!log.contains("ERROR"), "{log}");
}

/// Random numbers by xorshift, with shifts of 13, 7 and 17.
struct Random(u64);

impl Random {
    fn new() -> Random {
        // The hasher of a new state is random.
        let seed = RandomState::new().build_hasher().finish() | 1;
        eprintln!("the seed is {seed}");
        Random(seed)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let limit = u64::try_from(limit).expect("it is small");
        usize::try_from(self.0 % limit).expect("it is small")
    }
}

#[tokio::test]
async fn a_stream_that_is_reset_after_any_byte_leaves_others_served() {
    const ROUNDS: usize = 300;
    const PIECES: usize = 4;
    const LARGEST: usize = 8 << 10;
    let mut random = Random::new();
    let server = Served::start();
    let mut client = connect(server.stream().await).await;
    let post = || request("http://a/echo").method("POST");
    let (kept, mut kept_body) = begin(&mut client, post(), false).await;
    for _ in 0..ROUNDS {
        let (_response, mut body) = begin(&mut client, post(), false).await;
        for _ in 0..random.below(PIECES) {
            let piece = (0..random.below(LARGEST)).map(|_| b'x').collect();
            body.send_data(piece, false).expect("it is open");
            if random.below(2) == 0 {
                is_served(&mut client).await;
            }
        }
        let reasons = [
            Reason::CANCEL,
            Reason::NO_ERROR,
            Reason::INTERNAL_ERROR,
            Reason::from(u32::MAX),
        ];
        body.send_reset(reasons[random.below(reasons.len())]);
        is_served(&mut client).await;
    }
    kept_body
        .send_data("kept".into(), true)
        .expect("it is open");
    let kept = timeout(LONG, kept).await.expect("it is answered");
    assert_eq!(text(kept.expect("it is whole")).await, "kept");
    server.signal(Signal::SIGTERM);
    let log = server.ended();
    assert!(!log.contains("ERROR"), "{log}");
}

/// The `http` crate has no target of this length, so that h2 refuses the request itself.
#[tokio::test]
async fn a_target_beyond_any_setting_resets_its_stream() {
    const LENGTH: usize = 66_000;
    const FRAME: usize = 16 << 10;
    let server = Served::start();
    let mut other = connect(server.stream().await).await;
    // `POST http://a` with a literal path (RFC 7541 §6.2.2), whose length is 127 and seven bits in each byte after that.
    let rest = LENGTH - 127;
    let length = [
        0x80 | (rest & 0x7f),
        0x80 | ((rest >> 7) & 0x7f),
        rest >> 14,
    ];
    let length = length.map(|part| u8::try_from(part).expect("it has eight bits"));
    let mut head = b"\x82\x86\x01\x01a\x04\x7f".to_vec();
    head.extend(length);
    head.extend(b"/".repeat(LENGTH));
    let mut bytes = [PREFACE.as_bytes(), &frame(SETTINGS, 0, 0, b"")].concat();
    let (first, rest) = head.split_at(FRAME);
    bytes.extend(frame(HEADERS, END_STREAM, 1, first));
    for part in rest.chunks(FRAME) {
        bytes.extend(frame(CONTINUATION, 0, 1, part));
    }
    bytes.extend(frame(CONTINUATION, END_HEADERS, 1, b""));
    let mut wire = server.connect().await;
    wire.send(bytes).await;
    let refusal = async {
        loop {
            let frame = Frame::read(&mut wire.0).await.expect("it goes on");
            if frame.kind == RST_STREAM {
                return;
            }
        }
    };
    timeout(LONG, refusal).await.expect("the stream is reset");
    is_served(&mut other).await;
}
