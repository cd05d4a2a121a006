//! The `name=value` pairs of queries and forms.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Returns the decoded pairs of `application/x-www-form-urlencoded` text (WHATWG URL §5.1).
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('+') {
        return percent_decode_str(text).decode_utf8_lossy();
    }
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8_lossy();
    Cow::Owned(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::pairs;

    #[test]
    fn pairs_are_decoded_once() {
        let cases: [(&str, &[(&str, &str)]); 5] = [
            ("", &[]),
            ("a=1&b=2", &[("a", "1"), ("b", "2")]),
            ("a+b=c%2Bd&e", &[("a b", "c+d"), ("e", "")]),
            ("&&a==&", &[("a", "=")]),
            ("a=%zz&b=%ff", &[("a", "%zz"), ("b", "\u{fffd}")]),
        ];
        for (text, expected) in cases {
            let found: Vec<_> = pairs(text).collect();
            let found: Vec<_> = found.iter().map(|(a, b)| (&**a, &**b)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
