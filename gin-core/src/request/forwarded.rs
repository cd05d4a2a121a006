//! The `Forwarded` header, in which each proxy adds an element about its client (RFC 7239).

use http::HeaderMap;
use http::header::FORWARDED;

/// One element: the parameters that a proxy has added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    pub(crate) r#for: Option<&'a str>,
    pub(crate) proto: Option<&'a str>,
    pub(crate) host: Option<&'a str>,
}

/// Returns the elements from the last to the first, over all lines of the header. There are none if a line is malformed.
pub(crate) fn last_first(headers: &HeaderMap) -> Vec<Element<'_>> {
    let mut elements = Vec::new();
    for line in headers.get_all(FORWARDED) {
        let parsed = line.to_str().ok().and_then(parse);
        let Some(parsed) = parsed else {
            return Vec::new();
        };
        elements.extend(parsed);
    }
    elements.reverse();
    elements
}

fn parse(line: &str) -> Option<Vec<Element<'_>>> {
    let elements = split(line, ',')?.into_iter();
    let elements = elements.filter(|element| !element.is_empty());
    elements.map(element).collect()
}

fn element(text: &str) -> Option<Element<'_>> {
    let mut element = Element::default();
    for pair in split(text, ';')? {
        let (name, value) = pair.split_once('=')?;
        let value = unquoted(value)?;
        let place = match name.to_ascii_lowercase().as_str() {
            "for" => &mut element.r#for,
            "proto" => &mut element.proto,
            "host" => &mut element.host,
            _ => continue,
        };
        // A parameter must not occur twice in an element (RFC 7239 §4).
        if place.replace(value).is_some() {
            return None;
        }
    }
    Some(element)
}

/// Splits `text` at each `separator` outside quotes, or returns `None` if a quote is not closed.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let mut parts = Vec::new();
    let mut start = 0;
    for (index, character) in text.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ if character == separator && !is_quoted => {
                parts.push(text.get(start..index)?.trim());
                start = index + separator.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..)?.trim());
    (!is_quoted).then_some(parts)
}

/// Returns the text of a token or of a quoted string. No address, scheme or host needs a backslash, so that one is refused.
fn unquoted(value: &str) -> Option<&str> {
    let text = match value.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"')?,
        None => value,
    };
    (!text.contains(['"', '\\'])).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_read_with_their_quotes() {
        let line =
            "for=192.0.2.60;proto=http;by=203.0.113.43, FOR=\"[2001:db8::1]:47\" ; host=\"a;b,c\"";
        let expected = [
            Element {
                r#for: Some("192.0.2.60"),
                proto: Some("http"),
                host: None,
            },
            Element {
                r#for: Some("[2001:db8::1]:47"),
                proto: None,
                host: Some("a;b,c"),
            },
        ];
        assert_eq!(parse(line).as_deref(), Some(&expected[..]));
        assert_eq!(parse("").as_deref(), Some(&[][..]));
        for malformed in [
            "for",
            "for=\"x",
            "for=x\"y",
            "for=a;for=b",
            "for=\"a\\\"b\"",
            "for=a;;proto=b",
        ] {
            assert_eq!(parse(malformed), None, "{malformed}");
        }
    }
}
