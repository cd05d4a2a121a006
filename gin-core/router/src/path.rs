//! A request's path as text: its one canonical spelling, cleaned, and with the other trailing slash.

use std::borrow::Cow;

use crate::swar;

/// The path is not percent-encoded as RFC 3986 §2.1 has it: a `%` without two hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("`%` in a path is followed by two hexadecimal digits")
    }
}

impl std::error::Error for Malformed {}

/// Spells `path` as [`Router::find`](crate::Router::find) wants it: everything decoded that can be without changing what the path says.
///
/// `%2F`, which is no separator, `%25`, and octets that are not UTF-8 stay encoded; [`decode`] does the rest, once.
///
/// ```
/// use gin_router::path::canonicalize;
/// assert_eq!(canonicalize("/caf%C3%A9/a%2fb"), Ok("/café/a%2fb".into()));
/// ```
#[inline]
pub fn canonicalize(path: &str) -> Result<Cow<'_, str>, Malformed> {
    if swar::contains(path.as_bytes(), b'%') {
        decode_path(path).map(Cow::Owned)
    } else {
        Ok(Cow::Borrowed(path))
    }
}

fn decode_path(path: &str) -> Result<String, Malformed> {
    let octets = decode_some(path, |octet| !matches!(octet, b'/' | b'%'))?;
    let mut text = String::with_capacity(path.len());
    for chunk in octets.utf8_chunks() {
        text.push_str(chunk.valid());
        for &octet in chunk.invalid() {
            push_encoded(&mut text, octet);
        }
    }
    Ok(text)
}

/// The octets that a part of a [`canonicalize`] path stands for.
pub fn decode(value: &str) -> Cow<'_, [u8]> {
    if !swar::contains(value.as_bytes(), b'%') {
        return Cow::Borrowed(value.as_bytes());
    }
    match decode_some(value, |_| true) {
        Ok(octets) => Cow::Owned(octets),
        Err(Malformed) => Cow::Borrowed(value.as_bytes()),
    }
}

/// A [`canonicalize`] path as it may stand in a `Location`: what a URL cannot hold is percent-encoded.
pub fn encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for octet in path.bytes() {
        match octet {
            b' ' | b'"' | b'#' | b'<' | b'>' | b'?' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' => {
                push_encoded(&mut encoded, octet);
            }
            0x21..=0x7e => encoded.push(char::from(octet)),
            _ => push_encoded(&mut encoded, octet),
        }
    }
    encoded
}

/// Resolves `.` and `..` and takes out repeated slashes; a trailing slash stays. The result starts with one `/`.
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
    let is_folder = path.ends_with('/') || path.ends_with("/.");
    let end = if is_folder && !segments.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{end}", segments.join("/"))
}

/// The pattern or path `relative`, put under the prefix `base`, and cleaned; a trailing slash stays.
pub fn join(base: &str, relative: &str) -> String {
    if relative.is_empty() {
        return base.to_owned();
    }
    clean(&format!("{base}/{relative}"))
}

/// The path with its trailing slash taken away, or with one added; none for `/`.
pub fn toggle_trailing_slash(path: &str) -> Option<String> {
    match path.strip_suffix('/') {
        Some("") => None,
        Some(path) => Some(path.to_owned()),
        None => Some(format!("{path}/")),
    }
}

fn decode_some(path: &str, is_decoded: impl Fn(u8) -> bool) -> Result<Vec<u8>, Malformed> {
    let mut octets = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            octets.push(*first);
            continue;
        }
        let [high, low, tail @ ..] = tail else {
            return Err(Malformed);
        };
        rest = tail;
        let octet = hex(*high)? << 4 | hex(*low)?;
        if is_decoded(octet) {
            octets.push(octet);
        } else {
            octets.extend([b'%', *high, *low]);
        }
    }
    Ok(octets)
}

fn hex(digit: u8) -> Result<u8, Malformed> {
    let value = char::from(digit).to_digit(16).ok_or(Malformed)?;
    Ok(value
        .try_into()
        .expect("a hexadecimal digit is less than 16"))
}

fn push_encoded(text: &mut String, octet: u8) {
    let digit = |value: u8| {
        char::from_digit(value.into(), 16)
            .expect("half an octet is less than 16")
            .to_ascii_uppercase()
    };
    text.extend(['%', digit(octet >> 4), digit(octet & 15)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canonical_path_keeps_what_would_change_its_meaning() {
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
    fn an_encoded_path_is_the_same_path() {
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
                    .all(|octet| octet.is_ascii_graphic() && !b"\"<>\\^`{|}?#".contains(&octet)),
                "{encoded}"
            );
            assert_eq!(canonicalize(&encoded).as_deref(), Ok(path));
        }
    }

    #[test]
    fn the_other_slash_is_never_that_of_the_root() {
        assert_eq!(toggle_trailing_slash("/"), None);
        assert_eq!(toggle_trailing_slash("/a/").as_deref(), Some("/a"));
        assert_eq!(toggle_trailing_slash("/a").as_deref(), Some("/a/"));
    }
}
