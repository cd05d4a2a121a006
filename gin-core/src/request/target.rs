//! The target of a request.

use http::Uri;
use http::uri::PathAndQuery;
use percent_encoding::{AsciiSet, utf8_percent_encode};

/// Only what is outside ASCII, which `utf8_percent_encode` always encodes.
const NOTHING_ELSE: &AsciiSet = &AsciiSet::EMPTY;

/// Returns the target with everything outside ASCII percent-encoded, unless it is in ASCII already.
///
/// A target is ASCII (RFC 9112 §3.2), but some clients send what their users have typed. hyper has refused what is not UTF-8.
pub(crate) fn encoded(target: &Uri) -> Option<Uri> {
    let own = target.path_and_query()?;
    if own.as_str().is_ascii() {
        return None;
    }
    let encoded = utf8_percent_encode(own.as_str(), NOTHING_ELSE).to_string();
    let mut parts = target.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(encoded).ok()?);
    Uri::from_parts(parts).ok()
}
