//! The boundaries of the frames in a WebSocket stream (RFC 6455 §5.2).

/// A close frame of the code 1012, "service restart", as a server sends it.
pub(crate) const SERVICE_RESTART: [u8; 4] = [0x88, 2, 0x03, 0xf4];

/// The position in a stream of frames.
#[derive(Default)]
pub(crate) struct Frames {
    /// The frame header that is being read. Empty within a payload.
    header: Vec<u8>,
    /// The bytes that are left of the frame's payload.
    payload: u64,
    is_closed: bool,
}

impl Frames {
    /// Follows the stream through its next bytes.
    pub(crate) fn follow(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.payload > 0 {
                let skipped = usize::try_from(self.payload).unwrap_or(usize::MAX);
                let skipped = skipped.min(bytes.len());
                self.payload -= skipped as u64;
                bytes = &bytes[skipped..];
                continue;
            }
            self.header.push(bytes[0]);
            bytes = &bytes[1..];
            if let Some(payload) = payload(&self.header) {
                self.is_closed |= self.header[0] & 0x0f == 8;
                self.payload = payload;
                self.header.clear();
            }
        }
    }

    /// Returns `true` if a frame can be sent now: not within another one, and not after a close frame.
    pub(crate) fn is_open(&self) -> bool {
        self.header.is_empty() && self.payload == 0 && !self.is_closed
    }
}

/// Returns the length of the payload, once the header is complete.
fn payload(header: &[u8]) -> Option<u64> {
    let second = *header.get(1)?;
    let (length, extension) = match second & 0x7f {
        126 => (0, 2),
        127 => (0, 8),
        length => (u64::from(length), 0),
    };
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    let extension = header.get(2..2 + extension)?;
    let length = extension
        .iter()
        .fold(length, |length, byte| length << 8 | u64::from(*byte));
    (header.len() == 2 + extension.len() + mask).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_sent_only_between_frames_and_before_the_close() {
        let mut long = vec![0x82, 126, 1, 0];
        long.extend([0; 256]);
        let mut longer = vec![0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0];
        longer.resize(longer.len() + 65_536, 0);
        let cases: [(&[u8], bool); 9] = [
            (&[0x81, 2, b'h', b'i'], true),
            (&[0x81, 0], true),
            (&[0x89, 0, 0x81, 1, b'x'], true),
            (&[0x81, 0x81, 1, 2, 3, 4, b'x'], true),
            (&long, true),
            (&longer, true),
            (&[0x88, 2, 3, 0xe8], false),
            (&[0x88, 0], false),
            (&[0x81, 1, b'x', 0x88, 0], false),
        ];
        for (frames, is_open) in cases {
            let mut whole = Frames::default();
            assert!(whole.is_open());
            whole.follow(frames);
            assert_eq!(whole.is_open(), is_open, "{:?}", &frames[..2]);
            let mut cut = Frames::default();
            cut.follow(&frames[..frames.len() - 1]);
            assert!(
                !cut.is_open() || frames.ends_with(&[0x88, 0]),
                "{:?}",
                &frames[..2]
            );
            let mut dribbled = Frames::default();
            for byte in frames {
                dribbled.follow(&[*byte]);
            }
            assert_eq!(dribbled.is_open(), is_open, "{:?}", &frames[..2]);
        }
    }
}
