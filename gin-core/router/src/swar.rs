//! Searches of text that compare eight bytes at a time (SWAR: SIMD within a register).

/// Loads the eight bytes of `text` from `at` on, little-endian; zeros after the end of the text.
#[inline]
pub(crate) fn word(text: &[u8], at: u32) -> u64 {
    let rest = &text[at as usize..];
    match rest.first_chunk() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => last_word(rest),
    }
}

/// Marks the first byte of `word` that equals `byte` by its highest bit; returns 0 if there is none.
///
/// Only the first mark counts: the borrow of the subtraction can mark bytes after it that differ.
#[inline]
pub(crate) fn marks(word: u64, byte: u8) -> u64 {
    const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let zeros = word ^ u64::from_ne_bytes([byte; 8]);
    zeros.wrapping_sub(LOW) & !zeros & HIGH
}

/// Returns the position of the first `byte` in `text` from `at` on, or the length of the text if there is none.
#[inline]
pub(crate) fn find(text: &[u8], mut at: u32, byte: u8) -> u32 {
    let len = narrow(text.len());
    while at < len {
        let marks = marks(word(text, at), byte);
        if marks != 0 {
            return at + first(marks);
        }
        at += 8;
    }
    len
}

/// Returns `true` if `text` contains `byte`.
#[inline]
pub(crate) fn contains(text: &[u8], byte: u8) -> bool {
    let Some(last) = text.last_chunk::<16>() else {
        let (low, high) = (word(text, 0), word(text, narrow(text.len().min(8))));
        return marks(low, byte) | marks(high, byte) != 0;
    };
    // Without an early return the compiler compares sixteen bytes at once. The last chunk may overlap the one before it.
    let marked = |other: u8| u8::from(other == byte);
    let mut found = last.map(marked);
    for chunk in text.as_chunks::<16>().0 {
        found = std::array::from_fn(|at| found[at] | marked(chunk[at]));
    }
    found != [0; 16]
}

/// Returns the index of the first byte that [`marks`] has marked.
#[inline]
pub(crate) fn first(marks: u64) -> u32 {
    marks.trailing_zeros() / 8
}

/// Narrows the length of a path to the 32 bits of a lookup's positions.
#[inline]
pub(crate) fn narrow(len: usize) -> u32 {
    u32::try_from(len).expect("a path that is looked up is shorter than 4 GiB")
}

/// Loads fewer than eight bytes, as two overlapping halves.
#[inline]
fn last_word(text: &[u8]) -> u64 {
    let len = text.len();
    if let (Some(low), Some(high)) = (text.first_chunk(), text.last_chunk()) {
        return u64::from(u32::from_le_bytes(*low))
            | u64::from(u32::from_le_bytes(*high)) << (8 * (len - 4));
    }
    let byte = |at: usize| text.get(at).map_or(0, |&byte| u64::from(byte) << (8 * at));
    byte(0) | byte(1) | byte(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_zero_after_the_end_of_the_text() {
        let text = b"abcdefghij";
        for from in 0..=text.len() {
            for at in from..=text.len() {
                let mut expected = [0; 8];
                let len = 8.min(text.len() - at);
                expected[..len].copy_from_slice(&text[at..at + len]);
                assert_eq!(
                    word(&text[from..], narrow(at - from)).to_le_bytes(),
                    expected,
                    "{from} {at}"
                );
            }
        }
    }

    #[test]
    fn the_first_occurrence_is_found() {
        for text in [
            "",
            "/",
            "a/",
            "//",
            "abcdefg/",
            "abcdefgh/i/",
            "./0/\u{80}/\u{1}",
            "\u{af}.\u{2f}",
            "abcdefghijklmnopqrstuvwxyz",
        ] {
            for at in 0..=text.len() {
                let expected = text.as_bytes()[at..].iter().position(|&byte| byte == b'/');
                let expected = expected.map_or(text.len(), |found| at + found);
                assert_eq!(
                    find(text.as_bytes(), narrow(at), b'/'),
                    narrow(expected),
                    "{text} {at}"
                );
            }
        }
    }
}
