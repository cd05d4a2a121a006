//! The response that the app gives to every client but this one, as a report has it.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};

use crate::incidents::{Answer, Incident};
use crate::proxy::streams::{Body, full};
use crate::proxy::upstream::headers;

/// The path of the page of an incident, for clients that get the app's own response.
pub(super) const INCIDENT: HeaderName = HeaderName::from_static("x-gin-incident");

/// Returns the path of the page of `incident`.
pub(super) fn place(incident: &Incident) -> String {
    format!("/__gin/requests/{}/incident", incident.request.record)
}

/// Returns the fields and the body of the app's response.
pub(super) fn parts(answer: &Answer) -> (HeaderMap, Bytes) {
    let fields = answer.headers.iter().filter_map(|(name, value)| {
        let name = HeaderName::try_from(name).ok()?;
        Some((name, HeaderValue::from_str(value).ok()?))
    });
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(name, value);
    }
    headers::strip(&mut headers);
    (headers, Bytes::from(&answer.body))
}

/// Returns the app's response.
pub(super) fn response(status: StatusCode, answer: &Answer) -> Response<Body> {
    let (headers, body) = parts(answer);
    let length = HeaderValue::from(body.len());
    let mut response = Response::new(full(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response.headers_mut().insert(CONTENT_LENGTH, length);
    response
}
