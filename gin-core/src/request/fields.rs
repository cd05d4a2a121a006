//! The grammar that the header fields of HTTP share (RFC 9110 §5.6).

#[cfg(any(feature = "files", feature = "websocket"))]
use http::{HeaderMap, HeaderName, HeaderValue};

/// Returns `true` for a token (RFC 9110 §5.6.2).
pub(crate) fn is_token(text: &str) -> bool {
    let is_tchar = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_tchar)
}

/// Returns a weight in thousandths: `0` to `1` with at most three decimals (RFC 9110 §12.4.2).
pub(crate) fn weight(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_decimal = decimals.len() <= 3 && decimals.bytes().all(|byte| byte.is_ascii_digit());
    let thousandths: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" if is_decimal => Some(thousandths),
        "1" if is_decimal && thousandths == 0 => Some(1000),
        _ => None,
    }
}

/// Returns the value of a field that must not repeat, if it occurs once.
#[cfg(any(feature = "files", feature = "websocket"))]
pub(crate) fn only(headers: &HeaderMap, name: HeaderName) -> Option<&HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}
