//! Checks before a route is looked up. hyper leaves them to its users.

use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Version, header};

use crate::connection::Limits;
use crate::failure::Problem;
use crate::request::{Context, is_host};

/// The length in bytes of the longest method that is looked up. The longest that IANA lists has 17.
const LONGEST_METHOD: usize = 32;

/// Checks a request's method, target, host and transfer coding, and encodes the target. Returns the problem of a request that is
/// refused.
pub(crate) fn refusal(cx: &mut Context) -> Option<Problem> {
    let is_encoded = cx.encode_target().is_ok();
    let head = cx.head();
    if !is_known(&head.method) {
        return Some(Problem::new(501).detail("this server does not know the method"));
    }
    let path = head.uri.path();
    let query = head.uri.query().unwrap_or("");
    if !is_encoded || path.len() + query.len() > cx.limits().max_uri_size {
        return Some(Problem::new(414));
    }
    if is_too_large(head, cx.limits()) {
        return Some(Problem::new(431));
    }
    if !is_path(&head.method, path) {
        return Some(bad_request("the target must be a path"));
    }
    if cx.has_body() && !is_framed_plainly(&head.headers) {
        return Some(bad_request(
            "the body's transfer coding must be `chunked` alone",
        ));
    }
    host_fault(head).map(bad_request)
}

/// Returns `true` if routes are looked up for requests with the method.
pub(super) fn is_known(method: &Method) -> bool {
    *method != Method::CONNECT && method.as_str().len() <= LONGEST_METHOD
}

/// A malformed request closes its connection, because the bytes that follow may be a part of it.
fn bad_request(detail: &'static str) -> Problem {
    Problem::new(400)
        .detail(detail)
        .header(header::CONNECTION, HeaderValue::from_static("close"))
}

/// RFC 9112 §3.2: a path, alone or after a scheme and an authority. `*` is for `OPTIONS` only.
fn is_path(method: &Method, path: &str) -> bool {
    path.starts_with('/') || path == "*" && *method == Method::OPTIONS
}

/// RFC 9112 §6.1: this server knows no other coding than `chunked`, which occurs once. hyper checks the last coding only.
fn is_framed_plainly(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    let first = codings.next().map(HeaderValue::as_bytes);
    first.is_none_or(|first| first.eq_ignore_ascii_case(b"chunked")) && codings.next().is_none()
}

/// Returns `true` if there are too many headers, or they are too large. Over HTTP/1.1, hyper has checked the size.
fn is_too_large(head: &Parts, limits: &Limits) -> bool {
    let headers = &head.headers;
    if headers.len() > limits.max_headers {
        // RFC 9113 §8.2.3: over HTTP/2, a client may send each of its cookies as a header of its own.
        let crumbs = headers.get_all(header::COOKIE).iter().count();
        if headers.len() - crumbs.saturating_sub(1) > limits.max_headers {
            return true;
        }
    }
    head.version >= Version::HTTP_2 && size_of_fields(headers) > limits.max_header_size
}

/// Returns the size of the headers as HTTP/2 counts it, in bytes (RFC 9113 §6.5.2).
fn size_of_fields(headers: &HeaderMap) -> usize {
    const OVERHEAD: usize = 32;
    let size =
        |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + OVERHEAD;
    headers.iter().map(size).sum()
}

/// RFC 9112 §3.2: exactly one well-formed `Host`. HTTP/2 has an authority instead, HTTP/1.0 may have neither.
fn host_fault(head: &Parts) -> Option<&'static str> {
    let authority = head.uri.authority().map(Authority::as_str);
    if authority.is_some_and(|authority| !is_host(authority.as_bytes())) {
        return Some("the target's authority is malformed");
    }
    let headers = &head.headers;
    // RFC 9110 §7.2: a client should send it first, so most requests need no search.
    let first = headers.iter().next();
    let first = first.and_then(|(name, value)| (*name == header::HOST).then_some(value));
    let Some(host) = first.or_else(|| headers.get(header::HOST)) else {
        return absent_host_fault(head);
    };
    // If no name repeats, this one does not either, and the second search is saved.
    let repeats = headers.len() != headers.keys_len();
    if repeats && headers.get_all(header::HOST).iter().nth(1).is_some() {
        return Some("there is more than one Host");
    }
    if !is_host(host.as_bytes()) {
        return Some("the Host is malformed");
    }
    // RFC 9113 §8.3.1. Over HTTP/1.1, the authority of the target precedes the Host (RFC 9112 §3.2.2).
    let differs = |authority: &str| !authority.as_bytes().eq_ignore_ascii_case(host.as_bytes());
    let is_contradictory = head.version >= Version::HTTP_2 && authority.is_some_and(differs);
    is_contradictory.then_some("the Host is not the authority")
}

fn absent_host_fault(head: &Parts) -> Option<&'static str> {
    match head.version {
        Version::HTTP_11 => Some("there is no Host"),
        Version::HTTP_2 | Version::HTTP_3 if head.uri.authority().is_none() => {
            Some("there is no authority")
        }
        _ => None,
    }
}
