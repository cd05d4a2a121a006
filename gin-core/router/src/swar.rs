//! Text looked at eight octets at a time.

/// Eight octets of `text` from `at` on, the first one lowest; zeros where the text has ended.
#[inline]
pub(crate) fn word(text: &[u8], at: u32) -> u64 {
    let rest = &text[at as usize..];
    match rest.first_chunk() {
        Some(octets) => u64::from_le_bytes(*octets),
        None => last_word(rest),
    }
}

/// The highest bit of the first octet of `word` that is `octet`, and perhaps of some after it; or nothing.
#[inline]
pub(crate) fn marks(word: u64, octet: u8) -> u64 {
    const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let zeros = word ^ u64::from_ne_bytes([octet; 8]);
    zeros.wrapping_sub(LOW) & !zeros & HIGH
}

/// Where `octet` stands first in `text`, from `at` on; the length of the text where it does not.
#[inline]
pub(crate) fn find(text: &[u8], mut at: u32, octet: u8) -> u32 {
    let len = narrow(text.len());
    while at < len {
        let marks = marks(word(text, at), octet);
        if marks != 0 {
            return at + first(marks);
        }
        at += 8;
    }
    len
}

/// Whether `octet` is anywhere in `text`.
#[inline]
pub(crate) fn contains(text: &[u8], octet: u8) -> bool {
    let Some(last) = text.last_chunk::<16>() else {
        let (low, high) = (word(text, 0), word(text, narrow(text.len().min(8))));
        return marks(low, octet) | marks(high, octet) != 0;
    };
    // Without an early end the compiler compares sixteen octets at once. The last chunk may overlap the one before it.
    let marked = |other: u8| u8::from(other == octet);
    let mut found = last.map(marked);
    for chunk in text.as_chunks::<16>().0 {
        found = std::array::from_fn(|at| found[at] | marked(chunk[at]));
    }
    found != [0; 16]
}

/// Which octet it is that [`marks`] has marked first.
#[inline]
pub(crate) fn first(marks: u64) -> u32 {
    marks.trailing_zeros() / 8
}

/// The length of a path in the 32 bits that look-ups count in.
#[inline]
pub(crate) fn narrow(len: usize) -> u32 {
    u32::try_from(len).expect("a path that is looked up is shorter than 4 GiB")
}

/// Fewer than eight octets, as two overlapping halves.
#[inline]
fn last_word(text: &[u8]) -> u64 {
    let len = text.len();
    if let (Some(low), Some(high)) = (text.first_chunk(), text.last_chunk()) {
        return u64::from(u32::from_le_bytes(*low))
            | u64::from(u32::from_le_bytes(*high)) << (8 * (len - 4));
    }
    let octet = |at: usize| {
        text.get(at)
            .map_or(0, |&octet| u64::from(octet) << (8 * at))
    };
    octet(0) | octet(1) | octet(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_ends_with_the_text() {
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
    fn the_first_octet_is_found() {
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
                let expected = text.as_bytes()[at..]
                    .iter()
                    .position(|&octet| octet == b'/');
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
