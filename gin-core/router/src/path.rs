//! Paths of requests: their canonical spelling, percent-encoding, cleaning and trailing slashes.
//!
//! ```
//! use gin_router::path;
//!
//! let path = path::canonicalize("/caf%C3%A9/a%2Fb")?;
//! assert_eq!(path, "/café/a%2Fb");
//! assert_eq!(path::encode(&path), "/caf%C3%A9/a%2Fb");
//!
//! // A value is decoded after the lookup: its slash separates no segments.
//! assert_eq!(&*path::decode("a%2Fb"), b"a/b");
//! # Ok::<(), path::Malformed>(())
//! ```

use std::borrow::Cow;

use crate::swar;

/// An error for a path with a `%` that is not followed by two hexadecimal digits (RFC 3986 §2.1).
///
/// ```
/// use gin_router::path::{self, Malformed};
///
/// assert_eq!(path::canonicalize("/100%"), Err(Malformed));
/// assert_eq!(Malformed.to_string(), "`%` in a path is followed by two hexadecimal digits");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("`%` in a path is followed by two hexadecimal digits")
    }
}

impl std::error::Error for Malformed {}

/// Decodes `path` as far as its meaning stays the same, for [`Router::find`](crate::Router::find).
///
/// `%2F`, which separates no segments, `%25`, and bytes that are not UTF-8 stay encoded. [`decode`] decodes them in a value.
///
/// ```
/// use gin_router::path::canonicalize;
///
/// assert_eq!(canonicalize("/caf%C3%A9/a%2fb"), Ok("/café/a%2fb".into()));
/// ```
///
/// # Errors
///
/// Returns [`Malformed`] if a `%` is not followed by two hexadecimal digits.
#[inline]
pub fn canonicalize(path: &str) -> Result<Cow<'_, str>, Malformed> {
    if swar::contains(path.as_bytes(), b'%') {
        decode_path(path).map(Cow::Owned)
    } else {
        Ok(Cow::Borrowed(path))
    }
}

fn decode_path(path: &str) -> Result<String, Malformed> {
    let bytes = decode_some(path, |byte| !matches!(byte, b'/' | b'%'))?;
    let mut text = String::with_capacity(path.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for &byte in chunk.invalid() {
            push_encoded(&mut text, byte);
        }
    }
    Ok(text)
}

/// Decodes a part of a canonical path, usually a value.
///
/// ```
/// use gin_router::path::decode;
///
/// assert_eq!(&*decode("a%2Fb"), b"a/b");
/// assert_eq!(&*decode("a+b"), b"a+b");
/// ```
pub fn decode(value: &str) -> Cow<'_, [u8]> {
    if !swar::contains(value.as_bytes(), b'%') {
        return Cow::Borrowed(value.as_bytes());
    }
    match decode_some(value, |_| true) {
        Ok(bytes) => Cow::Owned(bytes),
        Err(Malformed) => Cow::Borrowed(value.as_bytes()),
    }
}

/// Percent-encodes the characters of a canonical path that a URL cannot contain, for the header `Location`.
///
/// ```
/// use gin_router::path::encode;
///
/// assert_eq!(encode("/café/a b/a%2Fb"), "/caf%C3%A9/a%20b/a%2Fb");
/// ```
pub fn encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b' ' | b'"' | b'#' | b'<' | b'>' | b'?' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' => {
                push_encoded(&mut encoded, byte);
            }
            0x21..=0x7e => encoded.push(char::from(byte)),
            _ => push_encoded(&mut encoded, byte),
        }
    }
    encoded
}

/// Resolves `.` and `..` and removes repeated slashes. The result starts with one `/`; a trailing slash stays.
///
/// ```
/// use gin_router::path::clean;
///
/// assert_eq!(clean("//a/./b/../c/"), "/a/c/");
/// assert_eq!(clean("../.."), "/");
/// ```
pub fn clean(path: &str) -> String {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    let is_directory = path.ends_with('/') || path.ends_with("/.");
    let end = if is_directory && !segments.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{end}", segments.join("/"))
}

/// Joins the prefix `base` and the pattern or path `relative`, and [cleans](clean) the result.
///
/// An empty `relative` returns `base` as it is.
///
/// ```
/// use gin_router::path::join;
///
/// assert_eq!(join("/api/", "/users/:id"), "/api/users/:id");
/// assert_eq!(join("/api/", ""), "/api/");
/// ```
pub fn join(base: &str, relative: &str) -> String {
    if relative.is_empty() {
        return base.to_owned();
    }
    clean(&format!("{base}/{relative}"))
}

/// Removes the trailing slash, or adds one. Returns `None` for `/`.
///
/// ```
/// use gin_router::path::toggle_trailing_slash;
///
/// assert_eq!(toggle_trailing_slash("/users/").as_deref(), Some("/users"));
/// assert_eq!(toggle_trailing_slash("/users").as_deref(), Some("/users/"));
/// assert_eq!(toggle_trailing_slash("/"), None);
/// ```
pub fn toggle_trailing_slash(path: &str) -> Option<String> {
    match path.strip_suffix('/') {
        Some("") => None,
        Some(path) => Some(path.to_owned()),
        None => Some(format!("{path}/")),
    }
}

fn decode_some(path: &str, is_decoded: impl Fn(u8) -> bool) -> Result<Vec<u8>, Malformed> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, tail @ ..] = tail else {
            return Err(Malformed);
        };
        rest = tail;
        let byte = hex(*high)? << 4 | hex(*low)?;
        if is_decoded(byte) {
            bytes.push(byte);
        } else {
            bytes.extend([b'%', *high, *low]);
        }
    }
    Ok(bytes)
}

fn hex(digit: u8) -> Result<u8, Malformed> {
    let value = char::from(digit).to_digit(16).ok_or(Malformed)?;
    Ok(value
        .try_into()
        .expect("a hexadecimal digit is less than 16"))
}

fn push_encoded(text: &mut String, byte: u8) {
    let digit = |value: u8| {
        char::from_digit(value.into(), 16)
            .expect("half an byte is less than 16")
            .to_ascii_uppercase()
    };
    text.extend(['%', digit(byte >> 4), digit(byte & 15)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_that_would_change_the_meaning_stay_encoded() {
        let cases = [
            ("/a", "/a"),
            ("/%61%20b", "/a b"),
            ("/%E2%99%AC", "/♬"),
            ("/a%2Fb%2fc", "/a%2Fb%2fc"),
            ("/%252F", "/%252F"),
            ("/%ff%fe", "/%FF%FE"),
            ("/%C3", "/%C3"),
            ("/a%00", "/a\0"),
            ("/%2e%2E/", "/../"),
        ];
        for (path, expected) in cases {
            assert_eq!(canonicalize(path).as_deref(), Ok(expected), "{path}");
        }
        for path in ["/%", "/%zz", "/a%2", "/%%341", "/%+1", "/%é"] {
            assert_eq!(canonicalize(path), Err(Malformed), "{path}");
        }
    }

    #[test]
    fn a_value_is_decoded_once() {
        let cases: [(&str, &[u8]); 6] = [
            ("a+b", b"a+b"),
            ("a%2Fb", b"a/b"),
            ("%252F", b"%2F"),
            ("%ff%fe", b"\xff\xfe"),
            ("%41", b"A"),
            ("\0", b"\0"),
        ];
        for (raw, value) in cases {
            assert_eq!(
                &*decode(&canonicalize(raw).expect("well-formed")),
                value,
                "{raw}"
            );
        }
    }

    #[test]
    fn an_encoded_path_has_the_same_meaning() {
        for path in [
            "/a b/♬",
            "/a%2Fb",
            "/\0\"<>\\^`{|}?#",
            "/%FF/~!$&'()*+,;=:@",
        ] {
            let encoded = encode(path);
            assert!(
                encoded
                    .bytes()
                    .all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}?#".contains(&byte)),
                "{encoded}"
            );
            assert_eq!(canonicalize(&encoded).as_deref(), Ok(path));
        }
    }

    #[test]
    fn the_slash_of_the_root_is_not_toggled() {
        assert_eq!(toggle_trailing_slash("/"), None);
        assert_eq!(toggle_trailing_slash("/a/").as_deref(), Some("/a"));
        assert_eq!(toggle_trailing_slash("/a").as_deref(), Some("/a/"));
    }
}
