//! The depth of a BSON document, which its parser does not limit.

/// The deepest nesting, like that of JSON.
const MOST: usize = 128;

/// Returns `true` unless `bytes` nest documents deeper than a thread's stack takes, or are malformed.
pub(super) fn is_shallow(bytes: &[u8]) -> bool {
    walk(bytes).is_some()
}

/// Walks over the elements of a document and of those in it (bsonspec.org, version 1.1).
fn walk(bytes: &[u8]) -> Option<()> {
    let mut rest = Rest(bytes);
    rest.skip(4)?;
    let mut depth = 1;
    while depth > 0 {
        let kind = rest.byte()?;
        if kind == 0 {
            depth -= 1;
            continue;
        }
        rest.text()?;
        match kind {
            0x06 | 0x0a | 0x7f | 0xff => {}
            0x08 => rest.skip(1)?,
            0x10 => rest.skip(4)?,
            0x01 | 0x09 | 0x11 | 0x12 => rest.skip(8)?,
            0x07 => rest.skip(12)?,
            0x13 => rest.skip(16)?,
            0x02 | 0x0d | 0x0e => rest.string()?,
            0x0c => rest.string().and_then(|()| rest.skip(12))?,
            0x05 => {
                let length = rest.length()?;
                rest.skip(length + 1)?;
            }
            0x0b => rest.text().and_then(|()| rest.text())?,
            0x03 | 0x04 => {
                rest.skip(4)?;
                depth += 1;
            }
            // Code with its scope: a length, the code, a document.
            0x0f => {
                rest.skip(4)?;
                rest.string()?;
                rest.skip(4)?;
                depth += 1;
            }
            _ => return None,
        }
        if depth > MOST {
            return None;
        }
    }
    Some(())
}

/// The bytes that were not walked over yet.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn skip(&mut self, count: usize) -> Option<()> {
        self.0 = self.0.get(count..)?;
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn length(&mut self) -> Option<usize> {
        let (length, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        usize::try_from(i32::from_le_bytes(*length)).ok()
    }

    /// Skips a text that ends with a zero.
    fn text(&mut self) -> Option<()> {
        let end = self.0.iter().position(|byte| *byte == 0)?;
        self.skip(end + 1)
    }

    /// Skips a text with its length before it.
    fn string(&mut self) -> Option<()> {
        let length = self.length()?;
        self.skip(length)
    }
}

#[cfg(test)]
mod tests {
    use bson::{Bson, doc};

    use super::is_shallow;

    #[test]
    fn every_type_of_element_is_walked_over() {
        let document = doc! {
            "double": 1.5, "text": "ü\0b", "document": { "a": { "b": [1, 2_i64, null, { "c": true }] } },
            "binary": bson::Binary { subtype: bson::spec::BinarySubtype::Generic, bytes: vec![0, 1, 2] },
            "id": bson::oid::ObjectId::new(), "date": bson::DateTime::now(), "undefined": Bson::Undefined,
            "regex": Bson::RegularExpression(bson::Regex { pattern: "a.*".try_into().expect("no zero"), options: "i".try_into().expect("no zero") }),
            "code": Bson::JavaScriptCode("f()".into()), "symbol": Bson::Symbol("s".into()),
            "scoped": Bson::JavaScriptCodeWithScope(bson::JavaScriptCodeWithScope { code: "f()".into(), scope: doc! { "x": 1 } }),
            "time": Bson::Timestamp(bson::Timestamp { time: 1, increment: 2 }),
            "decimal": bson::Decimal128::from_bytes([7; 16]), "min": Bson::MinKey, "max": Bson::MaxKey,
        };
        let bytes = bson::serialize_to_vec(&document).expect("it is encodable");
        assert!(is_shallow(&bytes));
        for end in 0..bytes.len() {
            assert!(!is_shallow(&bytes[..end]), "{end}");
        }
    }
}
