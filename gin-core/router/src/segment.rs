//! One segment of a path, found and compared eight bytes at a time.

use crate::swar;

/// A part of a path between two slashes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    path: &'a [u8],
    start: u32,
    end: u32,
    /// The first eight bytes, little-endian; zeros after the end.
    head: u64,
}

/// The length, the first eight bytes and the last eight. Different segments of at most 16 bytes have different keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    head: u64,
    tail: u64,
    len: u32,
}

impl<'a> Segment<'a> {
    /// Finds the segment that starts at `start` and ends before a slash or with the path.
    #[expect(
        clippy::inline_always,
        reason = "a lookup is one loop, and calls would cost it a third"
    )]
    #[inline(always)]
    pub(crate) fn at(path: &'a [u8], start: u32) -> Self {
        let head = swar::word(path, start);
        let slashes = swar::marks(head, b'/');
        if slashes == 0 {
            let end = swar::find(path, start + 8, b'/');
            return Self {
                path,
                start,
                end,
                head,
            };
        }
        // The lowest mark is the highest bit of the slash's byte. Shifted to that byte's lowest bit, minus one, it masks the bytes
        // before the slash.
        let lowest = slashes & slashes.wrapping_neg();
        Self {
            path,
            start,
            end: start + swar::first(slashes),
            head: head & ((lowest >> 7) - 1),
        }
    }

    #[inline]
    pub(crate) fn start(&self) -> u32 {
        self.start
    }

    #[inline]
    pub(crate) fn end(&self) -> u32 {
        self.end
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        &self.path[self.start as usize..self.end as usize]
    }

    #[expect(
        clippy::inline_always,
        reason = "a lookup is one loop, and calls would cost it a third"
    )]
    #[inline(always)]
    pub(crate) fn key(&self) -> Key {
        let len = self.end - self.start;
        let tail = if len > 8 {
            swar::word(self.path, self.end - 8)
        } else {
            0
        };
        Key {
            head: self.head,
            tail,
            len,
        }
    }
}

impl Key {
    /// The key of the empty segment.
    pub(crate) const EMPTY: Self = Self {
        head: 0,
        tail: 0,
        len: 0,
    };

    /// Returns `true` if different segments can have this key.
    #[inline]
    pub(crate) fn is_partial(self) -> bool {
        self.len > 16
    }

    /// Hashes the key. Keys that share a `seed` spread over all 64 bits, best over the highest.
    #[inline]
    pub(crate) fn hash(self, seed: u64) -> u64 {
        (self.head ^ self.tail.rotate_left(29) ^ seed).wrapping_mul(0xD6E8_FEB8_6659_FD93)
    }
}

/// Returns the start of the segment that ends at `end`.
pub(crate) fn start(path: &[u8], end: u32) -> u32 {
    (0..end)
        .rev()
        .find(|&at| path[at as usize] == b'/')
        .map_or(0, |slash| slash + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_segments_have_different_keys() {
        let segments = [
            "",
            "a",
            "a\0",
            "ab",
            "ba",
            "abcdefg",
            "abcdefgh",
            "abcdefgh\0",
            "abcdefghi",
            "hgfedcba",
            "abcdefghijklmnop",
            "abcdefghhijklmnop",
        ];
        let keys = segments.map(|text| {
            let around = ["", "/", "/longer than that"].map(|after| {
                let path = format!("/x/{text}{after}");
                let segment = Segment::at(path.as_bytes(), 3);
                assert_eq!(segment.bytes(), text.as_bytes());
                segment.key()
            });
            assert!(around.iter().all(|key| *key == around[0]), "{text}");
            around[0]
        });
        for (i, key) in keys.iter().enumerate() {
            assert!(
                keys[..i].iter().all(|other| other != key),
                "{}",
                segments[i]
            );
        }
    }
}
