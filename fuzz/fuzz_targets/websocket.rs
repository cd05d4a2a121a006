//! WebSocket frames: where one ends does not depend on how the stream is cut.
//!
//! The first byte says how long the chunks are; the others are the stream.

#![no_main]

use cargo_gin::fuzzing::is_between_frames;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((size, stream)) = input.split_first() else {
        return;
    };
    let expected = can_follow(stream);
    assert_eq!(is_between_frames([stream]), expected);
    assert_eq!(is_between_frames(stream.chunks(1)), expected);
    let size = usize::from(*size).max(1);
    assert_eq!(is_between_frames(stream.chunks(size)), expected);
});

/// Returns whether `stream` is a sequence of whole frames none of which is a close (RFC 6455 §5.2).
fn can_follow(mut stream: &[u8]) -> bool {
    while !stream.is_empty() {
        let Some((opcode, rest)) = frame(stream) else {
            return false;
        };
        if opcode == 8 {
            return false;
        }
        stream = rest;
    }
    true
}

/// Splits off a frame.
fn frame(stream: &[u8]) -> Option<(u8, &[u8])> {
    let (&[first, second], rest) = stream.split_first_chunk()?;
    let (length, rest) = match second % 128 {
        126 => {
            let (length, rest) = rest.split_first_chunk()?;
            (u64::from(u16::from_be_bytes(*length)), rest)
        }
        127 => {
            let (length, rest) = rest.split_first_chunk()?;
            (u64::from_be_bytes(*length), rest)
        }
        length => (u64::from(length), rest),
    };
    let mask = if second >= 128 { 4 } else { 0 };
    let payload = rest.get(mask..)?;
    Some((first % 16, payload.get(usize::try_from(length).ok()?..)?))
}
