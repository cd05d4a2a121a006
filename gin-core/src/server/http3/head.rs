//! The heads of requests and responses, as HTTP/3 restricts them (RFC 9114 §4.2).

use std::time::SystemTime;

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use httpdate::fmt_http_date;

use crate::response::Response;

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");

/// The headers that describe a connection, which QUIC replaces.
const OF_CONNECTION: [HeaderName; 5] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    KEEP_ALIVE,
    PROXY_CONNECTION,
];

/// A request that is malformed although each of its headers is well-formed.
#[derive(Debug)]
pub(super) struct MalformedHead;

/// Returns the length of the body that the headers of a request announce.
pub(super) fn announced_length(headers: &HeaderMap) -> Result<Option<u64>, MalformedHead> {
    let is_of_connection = OF_CONNECTION.iter().any(|name| headers.contains_key(name));
    let has_codings = headers
        .get(header::TE)
        .is_some_and(|value| value != "trailers");
    if is_of_connection || has_codings {
        return Err(MalformedHead);
    }
    let mut lengths = headers.get_all(header::CONTENT_LENGTH).iter();
    let Some(length) = lengths.next() else {
        return Ok(None);
    };
    let is_number = length.as_bytes().iter().all(u8::is_ascii_digit);
    let number = length.to_str().ok().filter(|_| is_number);
    match number.and_then(|number| number.parse().ok()) {
        Some(length) if lengths.next().is_none() => Ok(Some(length)),
        _ => Err(MalformedHead),
    }
}

/// Removes the headers that a response over HTTP/3 must not have, and adds those that the server sets.
pub(super) fn complete(response: &mut Response) {
    let length = response.body().len().filter(|length| *length > 0);
    let headers = response.headers_mut();
    if let Some(named) = headers.remove(header::CONNECTION) {
        // RFC 9110 §7.6.1: it names others that are for the connection only.
        for name in named.to_str().unwrap_or_default().split(',') {
            headers.remove(name.trim());
        }
    }
    for name in &OF_CONNECTION {
        headers.remove(name);
    }
    if let Some(length) = length {
        headers
            .entry(header::CONTENT_LENGTH)
            .or_insert(length.into());
    }
    headers.entry(header::DATE).or_insert_with(now);
}

fn now() -> HeaderValue {
    let date = fmt_http_date(SystemTime::now());
    HeaderValue::try_from(date).expect("a date is ASCII text")
}
