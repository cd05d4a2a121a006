//! The framing of responses: the body and the length that a response may have, whatever handlers and middleware have set.
//!
//! A wrong length would desynchronize a kept connection: the client takes the rest of one response for the start of the next.

use http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};

use crate::content::Body;
use crate::failure::Problem;
use crate::request::Context;
use crate::response::{Response, respond};

/// Removes the body of a response that must not have one, replaces one that must not be sent, and corrects its length and version.
pub(crate) fn frame(cx: &mut Context, response: &mut Response) {
    if response.status().is_success()
        && let Some(problem) = cx.body_problem()
    {
        // A handler that ignores that the request's body was cut off must not make the client believe that it was accepted.
        *response = respond(cx, problem);
    }
    if response.status().is_informational() && !is_switching(response) {
        // The client would wait for the final response, or take the connection to be one of another protocol.
        let cause = format!(
            "a handler returned {}, which is not a final status",
            response.status()
        );
        *response = respond(cx, Problem::new(500).because(cause));
    }
    // A service that calls another server may return the version of that one, which a client would take for ours.
    *response.version_mut() = Version::default();
    let request = || format!("{} {}", cx.method(), cx.pattern().unwrap_or(cx.path()));
    response.body_mut().respond_to(request);
    if is_bodiless(response.status()) {
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().remove(header::TRANSFER_ENCODING);
    } else if *cx.method() == Method::HEAD {
        without_body(response);
    } else if names_framing(response.headers()) {
        measure(response);
    }
}

fn is_bodiless(status: StatusCode) -> bool {
    status.is_informational()
        || status == StatusCode::NO_CONTENT
        // RFC 9110 §15.3.6: clients expect nothing, though the length must be sent.
        || status == StatusCode::RESET_CONTENT
        || status == StatusCode::NOT_MODIFIED
}

/// Returns `true` if the response accepts an upgrade, for which it names the protocol (RFC 9110 §7.8).
fn is_switching(response: &Response) -> bool {
    response.status() == StatusCode::SWITCHING_PROTOCOLS
        && response.headers().contains_key(header::UPGRADE)
}

/// Returns `true` if a handler or a middleware has set the framing itself. A response has few headers, so this is faster than two
/// lookups.
fn names_framing(headers: &HeaderMap) -> bool {
    headers
        .keys()
        .any(|name| *name == header::CONTENT_LENGTH || *name == header::TRANSFER_ENCODING)
}

/// Leaves the framing to the server, which sends the length of a body that has one. A stream must have the length that a handler
/// announced, or the response is aborted.
fn measure(response: &mut Response) {
    let announced = announced_length(response.headers());
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    if response.body().len().is_none()
        && let Some(length) = announced
    {
        let body = std::mem::take(response.body_mut());
        *response.body_mut() = body.with_len(length);
    }
}

/// Removes the body, but sends its length (RFC 9110 §9.3.2). A handler of `HEAD` that makes no body may announce the length.
fn without_body(response: &mut Response) {
    let own = std::mem::take(response.body_mut()).len();
    let announced = || announced_length(response.headers());
    let length = own.filter(|length| *length > 0).or_else(announced).or(own);
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    response.headers_mut().remove(header::CONTENT_LENGTH);
    if let Some(length) = length {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, length.into());
    }
}

/// Returns the length that the headers announce, if there is exactly one and it is a number (RFC 9110 §8.6).
fn announced_length(headers: &HeaderMap) -> Option<u64> {
    let mut values = headers.get_all(header::CONTENT_LENGTH).iter();
    let first = values.next().map(HeaderValue::as_bytes)?;
    let is_number = first.iter().all(u8::is_ascii_digit) && values.next().is_none();
    str::from_utf8(first)
        .ok()
        .filter(|_| is_number)?
        .parse()
        .ok()
}
