//! The frames of one stream, checked before h3 buffers them.
//!
//! h3 keeps all of a frame until it is complete, unless it is `DATA`. So a client could make it keep any number of bytes, and the
//! size of such a frame is checked here as soon as its header has come. Two more frames must not get through: an empty `DATA`, which
//! h3 takes for the end of the body, and the last one if the stream ends in it, which h3 takes for a shorter one.
//!
//! The head of a request is passed on once it is whole, as h3 is not given its `Host` beside an `:authority`.

use bytes::{BufMut, Bytes};

use crate::server::http3::host;

/// The frames that a client sends on a stream.
#[derive(Debug)]
pub(super) struct Frames {
    place: Place,
    /// The size of the largest frame that is buffered, in bytes.
    max_size: u64,
    /// The head of a request has not begun.
    awaits_head: bool,
}

/// The place in the stream up to which it was read.
#[derive(Debug)]
enum Place {
    /// Within the type of a unidirectional stream.
    StreamType(Partial),
    /// Within the header of a frame.
    Header(Partial),
    /// Within the payload of a frame. The number is that of the bytes that are missing.
    Payload(u64),
    /// Within the payload of the head. The number is that of the bytes that are missing.
    Head(Vec<u8>, u64),
    /// In a stream without frames.
    Unframed,
}

/// The reason why a client's frames are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FrameFault {
    TooLarge,
    CutOff,
}

/// The bytes of numbers that have not come to their end.
#[derive(Debug, Default)]
struct Partial {
    bytes: [u8; LONGEST_HEADER],
    length: usize,
}

/// Two numbers, in bytes.
const LONGEST_HEADER: usize = 16;
/// The types of frames (RFC 9114 §7.2).
pub(super) const DATA: u64 = 0;
pub(super) const HEADERS: u64 = 1;
const CONTROL_STREAM: u64 = 0;

/// Writes a frame. Its type has one byte, and its length eight, whatever it is (RFC 9000 §16).
pub(super) fn put_frame(bytes: &mut Vec<u8>, kind: u64, payload: &[u8]) {
    const EIGHT_BYTES: u64 = 0b11 << 62;
    bytes.reserve(1 + 8 + payload.len());
    bytes.put_uint(kind, 1);
    bytes.put_u64(EIGHT_BYTES | payload.len() as u64);
    bytes.put_slice(payload);
}

impl Frames {
    /// Returns the frames of a request.
    pub(super) fn of_request(max_size: u64) -> Frames {
        Frames {
            place: Place::Header(Partial::default()),
            max_size,
            awaits_head: true,
        }
    }

    /// Returns the frames of a unidirectional stream. Only the control stream has any.
    pub(super) fn of_unidirectional(max_size: u64) -> Frames {
        Frames {
            place: Place::StreamType(Partial::default()),
            max_size,
            awaits_head: false,
        }
    }

    /// Takes the next bytes that h3 may see from the start of `chunk`. Returns `None` if there are none left.
    pub(super) fn take(&mut self, chunk: &mut Bytes) -> Result<Option<Bytes>, FrameFault> {
        while !chunk.is_empty() {
            let bytes = match &mut self.place {
                Place::Unframed => Some(std::mem::take(chunk)),
                Place::Payload(left) => {
                    let bytes = chunk.split_to(shorter(*left, chunk.len()));
                    *left -= bytes.len() as u64;
                    if *left == 0 {
                        self.place = Place::Header(Partial::default());
                    }
                    Some(bytes)
                }
                Place::Head(section, left) => {
                    let bytes = chunk.split_to(shorter(*left, chunk.len()));
                    *left -= bytes.len() as u64;
                    section.extend_from_slice(&bytes);
                    self.whole_head()
                }
                Place::StreamType(_) => self.take_stream_type(chunk),
                Place::Header(_) => self.take_header(chunk)?,
            };
            if bytes.is_some() {
                return Ok(bytes);
            }
        }
        Ok(None)
    }

    /// Checks that the stream may end here.
    pub(super) fn end(&self) -> Result<(), FrameFault> {
        match &self.place {
            Place::Payload(_) | Place::Head(..) => Err(FrameFault::CutOff),
            Place::Header(partial) if partial.length > 0 => Err(FrameFault::CutOff),
            Place::Header(_) | Place::StreamType(_) | Place::Unframed => Ok(()),
        }
    }

    fn take_stream_type(&mut self, chunk: &mut Bytes) -> Option<Bytes> {
        let Place::StreamType(partial) = &mut self.place else {
            return None;
        };
        let stream_type = partial.complete(chunk, |bytes| number(bytes).map(|(value, _)| value))?;
        let bytes = Bytes::copy_from_slice(partial.bytes());
        self.place = match stream_type {
            CONTROL_STREAM => Place::Header(Partial::default()),
            _ => Place::Unframed,
        };
        Some(bytes)
    }

    /// Returns the frame of the head if all of it has come.
    fn whole_head(&mut self) -> Option<Bytes> {
        let Place::Head(section, 0) = &self.place else {
            return None;
        };
        let mut frame = Vec::new();
        put_frame(&mut frame, HEADERS, &host::set_aside(section));
        self.place = Place::Header(Partial::default());
        Some(frame.into())
    }

    /// Takes the header of a frame, with as much of the payload as has come.
    fn take_header(&mut self, chunk: &mut Bytes) -> Result<Option<Bytes>, FrameFault> {
        let Place::Header(partial) = &mut self.place else {
            return Ok(None);
        };
        // Most headers come in one piece, and are not copied.
        let whole = (partial.length == 0).then(|| frame_header(chunk)).flatten();
        let (kind, size, header) = match whole {
            Some((kind, size, length)) => (kind, size, chunk.split_to(length)),
            None => match partial.complete(chunk, frame_header) {
                Some((kind, size, _)) => (kind, size, Bytes::copy_from_slice(partial.bytes())),
                None => return Ok(None),
            },
        };
        if kind != DATA && size > self.max_size {
            return Err(FrameFault::TooLarge);
        }
        if self.awaits_head && kind == HEADERS {
            self.awaits_head = false;
            self.place = Place::Head(Vec::new(), size);
            return Ok(self.whole_head());
        }
        self.place = match size {
            0 => Place::Header(Partial::default()),
            size => Place::Payload(size),
        };
        Ok((kind != DATA || size > 0).then_some(header))
    }
}

impl Partial {
    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Moves bytes from `chunk` until `parse` finds what they begin.
    fn complete<T>(&mut self, chunk: &mut Bytes, parse: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        while let (Some(place), Some(byte)) = (self.bytes.get_mut(self.length), chunk.first()) {
            *place = *byte;
            self.length += 1;
            let _ = chunk.split_to(1);
            if let Some(value) = parse(self.bytes()) {
                return Some(value);
            }
        }
        None
    }
}

fn shorter(left: u64, length: usize) -> usize {
    usize::try_from(left).map_or(length, |left| left.min(length))
}

/// Returns the type of the frame that `bytes` begin with, the size of its payload, and the length of its header.
fn frame_header(bytes: &[u8]) -> Option<(u64, u64, usize)> {
    let (kind, length) = number(bytes)?;
    let (size, more) = number(bytes.get(length..)?)?;
    Some((kind, size, length + more))
}

/// Returns the number that `bytes` begin with, and its length in bytes (RFC 9000 §16).
fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    const VALUE: u8 = 0x3f;
    let first = bytes.first()?;
    let length = 1 << (first >> 6);
    let start = u64::from(first & VALUE);
    let rest = bytes.get(1..length)?;
    let value = rest
        .iter()
        .fold(start, |value, byte| value << 8 | u64::from(*byte));
    Some((value, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the bytes that get through when `stream` comes in pieces of `length` bytes.
    fn through(mut frames: Frames, stream: &[u8], length: usize) -> Result<Vec<u8>, FrameFault> {
        let mut admitted = Vec::new();
        for piece in stream.chunks(length) {
            let mut piece = Bytes::copy_from_slice(piece);
            while let Some(bytes) = frames.take(&mut piece)? {
                admitted.extend_from_slice(&bytes);
            }
        }
        frames.end().map(|()| admitted)
    }

    #[test]
    fn frames_get_through_in_any_pieces_except_empty_data() {
        const SECTION: &[u8] = &[1, 3, 9, 9, 9];
        const LONG_DATA: &[u8] = &[0x40, 0, 0x80, 0, 0, 2, 7, 7];
        let stream = [SECTION, &[0, 0], LONG_DATA, &[0, 0], &[0x21, 0], SECTION].concat();
        let mut expected = Vec::new();
        put_frame(&mut expected, HEADERS, &SECTION[2..]);
        expected.extend([LONG_DATA, &[0x21, 0], SECTION].concat());
        for length in 1..=stream.len() {
            let admitted = through(Frames::of_request(9), &stream, length);
            assert_eq!(admitted.as_deref(), Ok(&*expected), "{length}");
        }
    }

    #[test]
    fn only_data_may_be_larger_than_the_limit() {
        let cases: [(&[u8], _); 6] = [
            (&[1, 10], Err(FrameFault::TooLarge)),
            (&[0x21, 10], Err(FrameFault::TooLarge)),
            (&[0, 10], Err(FrameFault::CutOff)),
            (&[1, 9], Err(FrameFault::CutOff)),
            (&[1, 9, 0, 0], Err(FrameFault::CutOff)),
            (&[0x40], Err(FrameFault::CutOff)),
        ];
        for (stream, expected) in cases {
            assert_eq!(
                through(Frames::of_request(9), stream, 1),
                expected,
                "{stream:?}"
            );
        }
    }

    #[test]
    fn only_the_control_stream_has_frames() {
        let control = [0, 4, 10];
        let result = through(Frames::of_unidirectional(9), &control, 1);
        assert_eq!(result, Err(FrameFault::TooLarge));
        let encoder = [2, 4, 10];
        let result = through(Frames::of_unidirectional(9), &encoder, 2);
        assert_eq!(result.as_deref(), Ok(&encoder[..]));
    }
}
