//! The target of a request.

use http::Uri;
use http::uri::{InvalidUri, PathAndQuery};
use percent_encoding::{AsciiSet, utf8_percent_encode};

/// Only what is outside ASCII, which `utf8_percent_encode` always encodes.
const NOTHING_ELSE: &AsciiSet = &AsciiSet::EMPTY;

/// Returns `true` if the path and the query of `target` are in ASCII, as they must be (RFC 9112 §3.2).
pub(crate) fn is_ascii(target: &Uri) -> bool {
    target
        .path_and_query()
        .is_none_or(|own| own.as_str().is_ascii())
}

/// Returns `target` with everything outside ASCII percent-encoded: some clients send what their users have typed. hyper has refused
/// what is not UTF-8. Fails if it is too long then.
pub(crate) fn encoded(target: &Uri) -> Result<Uri, InvalidUri> {
    let own = target.path_and_query().map_or("", PathAndQuery::as_str);
    let encoded = utf8_percent_encode(own, NOTHING_ELSE).to_string();
    let mut parts = target.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(encoded)?);
    Ok(Uri::from_parts(parts).expect("the other parts are those of a target"))
}
