//! JSON in the other forms of Go's gin: indented, in ASCII, and secured against inclusion as a script.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use crate::content::media::JSON;
#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::Error;
use crate::response::into_response::typed;
use crate::response::{IntoResponse, Response};

/// A value as JSON over several lines, indented by four spaces, for reading.
///
/// ```
/// # use gin::{prelude::*, response::IndentedJson, testing::Client};
/// let app = Group::new("").get("/", async || IndentedJson(json!({ "id": 7 })));
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let response = Client::new(app).get("/").await.has_header("content-type", "application/json");
/// response.has_text("{\n    \"id\": 7\n}");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IndentedJson<T>(pub T);

impl<T: Serialize> IntoResponse for IndentedJson<T> {
    fn into_response(self) -> Response {
        let formatter = PrettyFormatter::with_indent(b"    ");
        sent(self.0.serialize_by(formatter))
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        crate::response::Json::<T>::describe(operation);
    }
}

/// A value as JSON in ASCII. Other characters are escaped, those beyond U+FFFF as a pair of surrogates (RFC 8259 §7).
///
/// ```
/// # use gin::{prelude::*, response::AsciiJson, testing::Client};
/// let app = Group::new("").get("/", async || AsciiJson(json!("é😀")));
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).get("/").await.has_text(r#""\u00e9\ud83d\ude00""#).has_json(json!("é😀"));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AsciiJson<T>(pub T);

impl<T: Serialize> IntoResponse for AsciiJson<T> {
    fn into_response(self) -> Response {
        sent(ascii(&self.0))
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        crate::response::Json::<T>::describe(operation);
    }
}

/// A value as JSON that a page of another origin cannot read by including it as a script: an array begins with a loop that never ends.
/// The page's own script removes the prefix before it parses the rest.
///
/// Current browsers do not need it. Default prefix: `while(1);`.
///
/// ```
/// # use gin::{prelude::*, response::SecureJson, testing::Client};
/// let app = Group::new("")
///     .get("/array", async || SecureJson::new([1, 2]))
///     .get("/object", async || SecureJson::new(json!({ "id": 7 })))
///     .get("/own", async || SecureJson::new([1, 2]).prefix(")]}',\n"));
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// client.get("/array").await.has_text("while(1);[1,2]");
/// client.get("/object").await.has_text("{\"id\":7}");
/// client.get("/own").await.has_text(")]}',\n[1,2]");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecureJson<T> {
    value: T,
    prefix: &'static str,
}

impl<T> SecureJson<T> {
    /// Creates a response of `value`.
    pub fn new(value: T) -> SecureJson<T> {
        SecureJson {
            value,
            prefix: "while(1);",
        }
    }

    /// Sets the text before an array. Default: `while(1);`.
    #[doc(alias = "SecureJsonPrefix")]
    #[must_use]
    pub fn prefix(mut self, prefix: &'static str) -> SecureJson<T> {
        self.prefix = prefix;
        self
    }
}

impl<T: Serialize> IntoResponse for SecureJson<T> {
    fn into_response(self) -> Response {
        let json = serde_json::to_vec(&self.value);
        sent(json.map(|json| secured(json, self.prefix)))
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        crate::response::Json::<T>::describe(operation);
    }
}

fn secured(mut json: Vec<u8>, prefix: &str) -> Vec<u8> {
    if json.starts_with(b"[") {
        json.splice(..0, prefix.bytes());
    }
    json
}

fn sent(json: serde_json::Result<Vec<u8>>) -> Response {
    match json {
        Ok(json) => typed(JSON, json),
        Err(error) => Error::from(error).into_response(),
    }
}

/// Returns a value as JSON in ASCII.
pub(super) fn ascii<T: Serialize>(value: &T) -> serde_json::Result<Vec<u8>> {
    value.serialize_by(Ascii)
}

/// The serialization with another formatter.
trait SerializeBy: Serialize {
    fn serialize_by(&self, formatter: impl Formatter) -> serde_json::Result<Vec<u8>> {
        let mut json = Vec::new();
        self.serialize(&mut Serializer::with_formatter(&mut json, formatter))?;
        Ok(json)
    }
}

impl<T: Serialize> SerializeBy for T {}

/// A formatter that escapes all characters beyond ASCII.
struct Ascii;

impl Formatter for Ascii {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(start) = rest.find(|character: char| !character.is_ascii()) {
            let (ascii, other) = rest.split_at(start);
            writer.write_all(ascii.as_bytes())?;
            let end = other.find(|character: char| character.is_ascii());
            let (other, after) = other.split_at(end.unwrap_or(other.len()));
            for unit in other.encode_utf16() {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = after;
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn json_in_ascii_is_the_same_value_for_every_character() {
        let all: String = (char::MIN..=char::MAX).collect();
        let json = ascii(&all).expect("text has JSON");
        assert!(json.is_ascii());
        let value: Value = serde_json::from_slice(&json).expect("it is JSON");
        assert_eq!(value, Value::String(all));
    }
}
