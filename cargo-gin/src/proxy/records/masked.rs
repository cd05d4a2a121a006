//! Records as pages and JSON show them, with secrets masked.

use std::time::{Duration, SystemTime};

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::incidents;
use crate::page::{self, Exchange, Fields, RecordedBody};
use crate::proxy::records::record::{Capture, Record};

/// Returns the request as an incident shows it.
pub(crate) fn request(record: &Record) -> incidents::Request {
    incidents::Request {
        method: record.method.to_string(),
        path: record.target.path().to_owned(),
        target: page::mask(&record.target.to_string()),
        headers: fields(&record.headers),
        record: record.id,
        origin: String::new(),
    }
}

/// Returns the exchange without its bodies.
pub(crate) fn exchange(record: &Record) -> Exchange {
    let at = record.received_at.duration_since(SystemTime::UNIX_EPOCH);
    let response = record.response.as_ref();
    Exchange {
        id: record.id,
        at_ms: at.map_or(0, millis),
        build: record.attempt,
        method: record.method.to_string(),
        target: page::mask(&record.target.to_string()),
        held_ms: record.held.map(millis),
        has_waited: record.has_waited,
        repeats: record.repeats,
        status: response.map(|response| response.status.as_u16()),
        head_ms: response.map(|response| millis(response.after)),
        ms: record.completion.map(|completion| millis(completion.after)),
        is_complete: record.completion.map(|completion| completion.is_whole),
        sent: record.upload.length,
        received: record.download.length,
        request_headers: fields(&record.headers),
        response_headers: response.map(|response| fields(&response.headers)),
        incident: record
            .incident
            .as_ref()
            .map(|_| format!("/__gin/requests/{}/incident", record.id)),
        in_place: response.and_then(|response| Some(page::mask(&response.in_place.as_ref()?.0))),
    }
}

/// Returns the header fields as pairs, in their order.
pub(crate) fn fields(headers: &HeaderMap) -> Fields {
    let fields = headers.iter();
    fields
        .map(|(name, value)| (name.as_str().to_owned(), field(name, value)))
        .collect()
}

fn field(name: &HeaderName, value: &HeaderValue) -> String {
    let value = String::from_utf8_lossy(value.as_bytes());
    if *name == COOKIE {
        let pairs = value.split("; ").map(|pair| cookie(pair, pair.len()));
        return pairs.collect::<Vec<_>>().join("; ");
    }
    if *name == SET_COOKIE {
        let end = value.find(';').unwrap_or(value.len());
        return cookie(&value, end);
    }
    if page::is_secret(name.as_str()) {
        return page::MASK.to_owned();
    }
    page::mask(&value)
}

/// Masks the value of a cookie. Its attributes, from `end` on, stay.
fn cookie(cookie: &str, end: usize) -> String {
    match cookie[..end].split_once('=') {
        Some((name, _)) => format!("{name}={}{}", page::MASK, &cookie[end..]),
        None => page::MASK.to_owned(),
    }
}

/// Returns a body as it is shown.
pub(crate) fn content(capture: &Capture) -> RecordedBody {
    let is_kept = capture.is_whole() || !capture.kept.is_empty();
    let text = text(capture).filter(|_| is_kept);
    RecordedBody {
        bytes: capture.length,
        is_complete: capture.is_whole(),
        text: text.map(lines),
    }
}

/// Returns the kept bytes as text. Where the body was cut, the last character may be incomplete and is left out.
fn text(capture: &Capture) -> Option<&str> {
    match std::str::from_utf8(&capture.kept) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() && !capture.is_whole() => {
            std::str::from_utf8(&capture.kept[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    }
}

fn lines(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(page::mask);
    lines.collect()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
