//! One segment of a path, compared in whole words.

/// What two different segments of at most 16 octets differ in; in longer ones it is the ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    head: u64,
    tail: u64,
    len: u32,
}

impl Key {
    /// That of the empty segment.
    pub(crate) const EMPTY: Self = Self {
        head: 0,
        tail: 0,
        len: 0,
    };

    /// The key of the segment of `path` from `start` to `end`.
    pub(crate) fn new(path: &[u8], start: usize, end: usize) -> Self {
        let len = end - start;
        let (head, tail) = match len {
            0 => (0, 0),
            1..8 => (word(path, start) & (u64::MAX >> (64 - 8 * len)), 0),
            _ => (word(path, start), word(path, end - 8)),
        };
        Self {
            head,
            tail,
            len: narrow(len),
        }
    }

    /// Whether equal keys need not be equal segments.
    pub(crate) fn is_partial(self) -> bool {
        self.len > 16
    }

    /// A number that spreads keys below `node` over all 64 bits.
    pub(crate) fn hash(self, node: u32) -> u64 {
        let node =
            (u64::from(node) << 32 | u64::from(self.len)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (self.head ^ self.tail.rotate_left(29) ^ node).wrapping_mul(0xD6E8_FEB8_6659_FD93)
    }
}

/// Where the segment ends that starts at `start`: at the next slash or at the end of the path.
pub(crate) fn end(path: &[u8], start: usize) -> usize {
    const SLASHES: u64 = u64::from_ne_bytes([b'/'; 8]);
    const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let mut at = start;
    while at < path.len() {
        let slashes = word(path, at) ^ SLASHES;
        // The lowest set bit marks the first octet that is zero, here: a slash.
        let zeros = slashes.wrapping_sub(LOW) & !slashes & HIGH;
        if zeros != 0 {
            return at + zeros.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    path.len()
}

/// Where the segment starts that ends at `end`, in a path that starts with a slash.
pub(crate) fn start(path: &[u8], end: usize) -> usize {
    path[..end]
        .iter()
        .rposition(|&octet| octet == b'/')
        .map_or(0, |slash| slash + 1)
}

/// The octets of a path count in 32 bits; longer ones are not looked up.
pub(crate) fn narrow(len: usize) -> u32 {
    u32::try_from(len).expect("a path that is looked up is shorter than 4 GiB")
}

/// Eight octets from `at` on, the first one lowest; zeros where the path has ended.
fn word(path: &[u8], at: usize) -> u64 {
    if let Some(octets) = path[at..].first_chunk() {
        return u64::from_le_bytes(*octets);
    }
    match path.last_chunk() {
        Some(octets) => u64::from_le_bytes(*octets) >> (8 * (at + 8 - path.len())),
        None => path[at..]
            .iter()
            .rfold(0, |word, &octet| word << 8 | u64::from(octet)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_ends_at_a_slash_or_with_the_path() {
        for path in [
            "/",
            "/a",
            "/a/",
            "/ab/c",
            "/abcdefgh/i",
            "/abcdefg/",
            "/./0/\u{80}/",
            "//",
            "/abcdefghijklmnopqrstuvwxyz/0123456789",
        ] {
            for from in 1..=path.len() {
                let expected = path.as_bytes()[from..]
                    .iter()
                    .position(|&octet| octet == b'/')
                    .map_or(path.len(), |end| from + end);
                assert_eq!(end(path.as_bytes(), from), expected, "{path} {from}");
            }
        }
    }

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
            "abcdefghi",
            "hgfedcba",
            "abcdefghijklmnop",
            "abcdefghhijklmnop",
        ];
        let keys = segments.map(|segment| {
            let around = ["", "/", "/longer than that"].map(|after| {
                let path = format!("/x/{segment}{after}");
                Key::new(path.as_bytes(), 3, 3 + segment.len())
            });
            assert!(around.iter().all(|key| *key == around[0]), "{segment}");
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
