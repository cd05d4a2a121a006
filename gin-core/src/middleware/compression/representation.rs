//! The header fields of a response that is compressed, or could be.

use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
    ETAG, HeaderMap, IF_NONE_MATCH, VARY,
};
use http::{HeaderName, HeaderValue, StatusCode};

use crate::content::media::is_compressible;
use crate::middleware::compression::coding::Coding;
use crate::response::Response;

/// Digests are of the compressed content (RFC 9530 §2 and §3), which only the handler could compute.
const DIGESTS: [HeaderName; 3] = [
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("repr-digest"),
    HeaderName::from_static("digest"),
];

/// Returns `true` if a response may be compressed for some client.
pub(super) fn is_open(response: &Response) -> bool {
    let headers = response.headers();
    let content_type = text(headers.get(CONTENT_TYPE));
    let status = response.status();
    !status.is_informational()
        && ![
            StatusCode::NO_CONTENT,
            StatusCode::RESET_CONTENT,
            StatusCode::PARTIAL_CONTENT,
            StatusCode::NOT_MODIFIED,
        ]
        .contains(&status)
        && is_compressible(content_type)
        && !headers.contains_key(CONTENT_ENCODING)
        && !headers.contains_key(CONTENT_RANGE)
        && !DIGESTS.iter().any(|name| headers.contains_key(name))
        && !has_directive(headers, "no-transform")
}

/// Returns the size of the content in bytes, if it is known. The response to a HEAD request may have it in its header only.
pub(super) fn size(response: &Response) -> Option<u64> {
    let declared = text(response.headers().get(CONTENT_LENGTH)).parse().ok();
    declared.or_else(|| response.body().len())
}

/// Marks content that is compressed with `coding`.
pub(super) fn mark(headers: &mut HeaderMap, coding: Coding) {
    headers.insert(CONTENT_ENCODING, coding.value());
    headers.remove(CONTENT_LENGTH);
    // Ranges would be those of the content as it is, which a client cannot join with a part of the compressed one.
    headers.remove(ACCEPT_RANGES);
    weaken(headers);
}

/// Makes an entity tag weak: the content is the same, but not its bytes (RFC 9110 §8.8.3.3).
fn weaken(headers: &mut HeaderMap) {
    let strong = text(headers.get(ETAG));
    if strong.starts_with('"')
        && let Ok(weak) = HeaderValue::try_from(format!("W/{strong}"))
    {
        headers.insert(ETAG, weak);
    }
}

/// Gives a 304 the tag that the client has, which is weak if the content was compressed for it.
pub(super) fn confirm_weak_tag(request: &HeaderMap, headers: &mut HeaderMap) {
    let weak = format!("W/{}", text(headers.get(ETAG)));
    let known = request.get_all(IF_NONE_MATCH).iter();
    let mut known = known.flat_map(|value| text(Some(value)).split(','));
    if known.any(|tag| tag.trim() == weak) {
        weaken(headers);
    }
}

/// Adds `Accept-Encoding` to the headers that the response depends on.
pub(super) fn vary(headers: &mut HeaderMap) {
    let names = headers.get_all(VARY).iter();
    let mut names = names.flat_map(|value| text(Some(value)).split(','));
    let is_named = |name: &str| name == "*" || name.eq_ignore_ascii_case("accept-encoding");
    if !names.any(|name| is_named(name.trim())) {
        headers.append(VARY, HeaderValue::from_static("accept-encoding"));
    }
}

fn has_directive(headers: &HeaderMap, directive: &str) -> bool {
    let values = headers.get_all(CACHE_CONTROL).iter();
    let mut directives = values.flat_map(|value| text(Some(value)).split(','));
    directives.any(|own| own.trim().eq_ignore_ascii_case(directive))
}

fn text(value: Option<&HeaderValue>) -> &str {
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
