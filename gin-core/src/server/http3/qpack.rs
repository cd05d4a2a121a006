//! Field sections as QPACK encodes them without a table of the connection's own (RFC 9204 §4.5).

use bytes::BufMut;

/// The start of a section whose fields refer to no table but the static one (RFC 9204 §4.5.1).
pub(super) const PREFIX: [u8; 2] = [0, 0];

/// A field with a name of its own (RFC 9204 §4.5.6).
const LITERAL: u8 = 0b0010_0000;

/// A field of a section, still encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) name: Name<'a>,
    /// All bytes of the field.
    pub(super) bytes: &'a [u8],
    /// The value with its length. It has the same form after every kind of name, and is empty if a table has it.
    pub(super) value: &'a [u8],
}

/// The name of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name<'a> {
    /// The place in the static table.
    Static(usize),
    Plain(&'a [u8]),
    Huffman(&'a [u8]),
    /// A place in the table of the connection, which is empty here.
    Dynamic,
}

/// Returns the fields of a section. Returns `None` if it is malformed or refers to another table.
pub(super) fn fields(section: &[u8]) -> Option<Vec<Field<'_>>> {
    let mut rest = section.strip_prefix(&PREFIX)?;
    let mut fields = Vec::new();
    while let Some(first) = rest.first() {
        let (name, after_name) = name(*first, rest)?;
        let has_value = first & 0b1000_0000 == 0;
        let after = if has_value {
            string(7, after_name)?.1
        } else {
            after_name
        };
        fields.push(Field {
            name,
            bytes: before(rest, after)?,
            value: before(after_name, after)?,
        });
        rest = after;
    }
    Some(fields)
}

/// Returns the name of the field that `bytes` begin with, and the bytes after it.
fn name(first: u8, bytes: &[u8]) -> Option<(Name<'_>, &[u8])> {
    const STATIC: u8 = 0b0100_0000;
    const STATIC_NAME: u8 = 0b0001_0000;
    const HUFFMAN: u8 = 0b0000_1000;
    match first.leading_zeros() {
        0 | 1 => {
            let (bits, table) = if first.leading_zeros() == 0 {
                (6, STATIC)
            } else {
                (4, STATIC_NAME)
            };
            let (place, after) = integer(bits, bytes)?;
            let is_static = first & table != 0;
            let name = if is_static {
                Name::Static(place)
            } else {
                Name::Dynamic
            };
            Some((name, after))
        }
        2 => {
            let (name, after) = string(3, bytes)?;
            let is_huffman = first & HUFFMAN != 0;
            let name = if is_huffman {
                Name::Huffman(name)
            } else {
                Name::Plain(name)
            };
            Some((name, after))
        }
        _ => None,
    }
}

/// Returns the text whose length has `bits` in the first byte, and the bytes after it.
fn string(bits: u32, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, after) = integer(bits, bytes)?;
    after.split_at_checked(length)
}

/// Returns the integer that has `bits` in the first byte, and the bytes after it (RFC 7541 §5.1).
fn integer(bits: u32, bytes: &[u8]) -> Option<(usize, &[u8])> {
    const VALUE: u8 = 0x7f;
    let most = (1_u8 << bits) - 1;
    let (first, mut rest) = bytes.split_first()?;
    let mut integer = usize::from(first & most);
    if integer < usize::from(most) {
        return Some((integer, rest));
    }
    for shift in (0..usize::BITS - 8).step_by(7) {
        let (byte, after) = rest.split_first()?;
        integer = integer.checked_add(usize::from(byte & VALUE) << shift)?;
        rest = after;
        if byte & !VALUE == 0 {
            return Some((integer, rest));
        }
    }
    None
}

/// Returns the part of `bytes` before `rest`, which is the end of them.
fn before<'a>(bytes: &'a [u8], rest: &[u8]) -> Option<&'a [u8]> {
    bytes.get(..bytes.len() - rest.len())
}

/// Writes a field.
pub(super) fn put_field(section: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    put_name(section, name);
    put_integer(section, 0, 7, value.len());
    section.put_slice(value);
}

/// Writes the name of a field, before its value.
pub(super) fn put_name(section: &mut Vec<u8>, name: &[u8]) {
    put_integer(section, LITERAL, 3, name.len());
    section.put_slice(name);
}

/// Writes an integer after the flags in the first byte, which leave it `bits` (RFC 7541 §5.1).
fn put_integer(section: &mut Vec<u8>, flags: u8, bits: u32, integer: usize) {
    let most = (1_u8 << bits) - 1;
    match u8::try_from(integer) {
        Ok(integer) if integer < most => section.put_u8(flags | integer),
        _ => {
            section.put_u8(flags | most);
            let mut rest = integer - usize::from(most);
            while rest >= 0x80 {
                section.put_u8(0x80 | low_byte(rest));
                rest >>= 7;
            }
            section.put_u8(low_byte(rest));
        }
    }
}

fn low_byte(integer: usize) -> u8 {
    let [low, ..] = integer.to_le_bytes();
    low
}

#[cfg(test)]
mod tests {
    use super::{Name, PREFIX, fields, put_field};

    #[test]
    fn fields_of_any_length_are_read_as_they_were_written() {
        for length in [0, 6, 7, 8, 126, 127, 128, 254, 255, 256, 70_000] {
            let (name, value) = (vec![b'n'; length], vec![b'v'; length]);
            let mut section = PREFIX.to_vec();
            put_field(&mut section, &name, &value);
            put_field(&mut section, b"a", b"");
            let fields = fields(&section).expect("it is sound");
            assert_eq!(fields.len(), 2, "{length}");
            assert_eq!(fields[0].name, Name::Plain(&name), "{length}");
            assert!(fields[0].value.ends_with(&value), "{length}");
            assert_eq!(fields[1].value, [0], "{length}");
        }
    }

    #[test]
    fn a_section_that_is_cut_off_or_has_another_table_is_not_read() {
        let whole = [0, 0, 0xd4, 0x50, 1, b'a', 0x23, b'a', b'b', b'c', 0];
        assert_eq!(fields(&whole).map(|fields| fields.len()), Some(3));
        // After the prefix and after each field it is whole.
        let ends = [2, 3, 6, 11];
        for length in 0..=whole.len() {
            let is_whole = fields(&whole[..length]).is_some();
            assert_eq!(is_whole, ends.contains(&length), "{length}");
        }
        for section in [
            &[1, 0][..],
            &[0, 1],
            &[0, 0, 0x10],
            &[0, 0, 0x07, 0],
            &[
                0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            ],
        ] {
            assert!(fields(section).is_none(), "{section:?}");
        }
    }

    /// Checks that the fields of a section, if it has any, are all of it.
    fn check(section: &[u8]) {
        if let Some(fields) = fields(section) {
            let bytes: Vec<_> = fields.iter().map(|field| field.bytes).collect();
            assert_eq!([&PREFIX, &bytes.concat()[..]].concat(), section);
            let has_value = |field: &super::Field<'_>| field.bytes.ends_with(field.value);
            assert!(fields.iter().all(has_value), "{section:?}");
        }
    }

    #[test]
    fn nothing_is_lost_of_any_bytes() {
        for pair in 0..=u16::MAX {
            let [first, second] = pair.to_be_bytes();
            check(&[0, 0, first, second]);
            check(&[0, 0, first, second, 1, 1, 0xc0, 0]);
        }
        // A generator of Knuth's, so that the bytes are the same each time.
        let mut state = 1_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005);
            state = state.wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        };
        for length in 0..20_000 {
            let mut section = PREFIX.to_vec();
            section.extend((0..length % 40).map(|_| random()));
            check(&section);
        }
    }
}
