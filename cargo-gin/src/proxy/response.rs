//! Responses of the proxy's own.

use std::time::Duration;

use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, LOCATION, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, Response, StatusCode, Uri};
use serde_json::Value;

use crate::page::{self, Format, Page};
use crate::proxy::access::{Host, Refusal, Scheme};
use crate::proxy::forwarding::Unserved;
use crate::proxy::records::InPlace;
use crate::proxy::streams::{Body, full};
use crate::state::Status;

/// Returns the page of the phase.
pub(super) fn phase(status: &Status, format: Format) -> Response<Body> {
    page(page::render(status, format), status)
}

/// Returns a page, marked as the proxy's own.
pub(super) fn page(page: Page, status: &Status) -> Response<Body> {
    let mut response = Response::new(full(page.body));
    *response.status_mut() = page.status;
    *response.headers_mut() = page.headers;
    mark(&mut response, status);
    response
}

/// Returns JSON.
pub(super) fn json(value: &Value) -> Response<Body> {
    let mut response = Response::new(full(value.to_string()));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// Returns the page that explains a refusal.
pub(super) fn refusal(refusal: Refusal, status: &Status, format: Format) -> Response<Body> {
    let mut response = problem(refusal.status(), refusal.detail(), status, format);
    match refusal {
        Refusal::Crowded | Refusal::Full | Refusal::Unsettled | Refusal::TooManyStreams => {
            let soon = HeaderValue::from(Duration::from_secs(1).as_secs());
            response.headers_mut().insert(RETRY_AFTER, soon);
        }
        Refusal::WrongMethod { allowed } => {
            let allowed = HeaderValue::from_static(allowed);
            response.headers_mut().insert(ALLOW, allowed);
        }
        _ => {}
    }
    response
}

/// Returns the page that explains why a request is not served.
pub(super) fn unserved(unserved: Unserved, status: &Status, format: Format) -> Response<Body> {
    let (mut response, reason) = match unserved {
        Unserved::Phase(status) => (phase(&status, format), page::headline(&status)),
        Unserved::Exited(status) => (phase(&status, format.after_exit()), page::headline(&status)),
        Unserved::Refused(refused) => {
            let reason = refused.detail().to_owned();
            (refusal(refused, status, format), reason)
        }
    };
    response.extensions_mut().insert(InPlace(reason));
    response
}

/// Returns the page that explains why something was not done.
pub(super) fn problem(
    code: StatusCode,
    reason: &str,
    status: &Status,
    format: Format,
) -> Response<Body> {
    page(page::problem(code, reason, format), status)
}

/// Returns the redirect to the same URL with `https`.
///
/// It must not be stored: the port may be one for http again tomorrow.
pub(super) fn to_https(host: &Host, target: &Uri, status: &Status) -> Response<Body> {
    let port = match host.port_or(Scheme::Http.default_port()) {
        port if port == Scheme::Https.default_port() => String::new(),
        port => format!(":{port}"),
    };
    let location = format!("https://{}{port}{target}", host.without_port());
    let mut response = Response::new(full(format!("This is at {location}\n")));
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    let headers = response.headers_mut();
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(CONTENT_TYPE, text);
    if let Ok(location) = HeaderValue::try_from(location) {
        headers.insert(LOCATION, location);
    }
    mark(&mut response, status);
    response
}

/// Marks a response as the proxy's own: it shows this phase, must not be cached, and is not for other sites.
pub(super) fn mark(response: &mut Response<Body>, status: &Status) {
    let headers = response.headers_mut();
    let phase = HeaderValue::from_static(status.phase.name());
    headers.insert(HeaderName::from_static("x-gin-phase"), phase);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
}
