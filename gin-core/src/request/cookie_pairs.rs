//! The pairs of `Cookie` header fields.

use http::HeaderValue;

/// Splits header fields into names and values in the order in which they were sent (RFC 6265 §4.2.1). Values are as they were sent,
/// without quotes around them.
pub(crate) fn cookie_pairs<'a>(
    headers: impl IntoIterator<Item = &'a HeaderValue>,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    headers
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim().trim_matches('"')))
}
