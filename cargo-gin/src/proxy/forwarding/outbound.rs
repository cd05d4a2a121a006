//! A request on its way to the app, and the parts of it that are needed once the response comes.

use http::header::{CONTENT_LENGTH, COOKIE, EXPECT, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Version};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::ext::on_informational;
use hyper::upgrade::OnUpgrade;
use tokio::sync::mpsc;

use crate::proxy::access::Visitor;
use crate::proxy::forwarding::gated::{Gated, Opener};
use crate::proxy::records::Trace;
use crate::proxy::streams::{Body, Observed, Upload, full};
use crate::proxy::upstream::headers::{self, Trailers};

/// The most interim responses that wait to be passed on. Further ones are dropped: they are hints.
const MAX_INTERIM: usize = 8;

/// The parts of a request that are needed once the response comes.
pub(crate) struct Outbound {
    /// `None` if the request must not be repeated.
    retry: Option<Parts>,
    pub(crate) upgrade: Option<UpgradeRequest>,
    /// The heads of interim responses, as they come.
    pub(crate) interim: mpsc::Receiver<Vec<u8>>,
}

/// The upgrade of a request.
pub(crate) struct UpgradeRequest {
    /// The protocols that the client offers.
    pub(crate) protocols: Vec<String>,
    /// The client's side of the tunnel.
    pub(crate) client: OnUpgrade,
}

impl Outbound {
    /// Addresses a request of `visitor` to the app.
    ///
    /// `run` is the id of this run.
    pub(crate) fn new(
        visitor: &Visitor,
        mut request: Request<Incoming>,
        run: &HeaderValue,
        trace: &Trace,
    ) -> (Request<Body>, Outbound) {
        let version = request.version();
        let upgrade = UpgradeRequest::of(&mut request);
        let (mut head, body) = request.into_parts();
        readdress(&mut head, visitor, upgrade.as_ref(), run);
        let (body, opener) = upload(&mut head, body, version, trace);
        let mut request = Request::from_parts(head, body);
        let (sender, interim) = mpsc::channel(MAX_INTERIM);
        on_informational(&mut request, move |response| {
            if response.status() == StatusCode::CONTINUE {
                opener.as_ref().map(Opener::open);
            } else if version == Version::HTTP_11 {
                // It fails when too many wait already.
                let _ = sender.try_send(interim_head(response.status(), response.headers()));
            }
        });
        let retry = retry(&request);
        let outbound = Outbound {
            retry,
            upgrade,
            interim,
        };
        (request, outbound)
    }

    /// Requests a report of the app with `request`, and with its repetition.
    pub(crate) fn request_report(&mut self, request: &mut Request<Body>, report: &HeaderValue) {
        let repeated = self.retry.as_mut().map(|head| &mut head.headers);
        for headers in [Some(request.headers_mut()), repeated]
            .into_iter()
            .flatten()
        {
            headers.insert(headers::REPORT, report.clone());
        }
    }

    /// Returns the request once more, if it may be repeated: it is safe (RFC 9110 §9.2.1) and has no body.
    pub(crate) fn retry(&self) -> Option<Request<Body>> {
        let head = self.retry.clone()?;
        Some(Request::from_parts(head, full("")))
    }

    /// Returns `true` if the request may be repeated.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.retry.is_some()
    }
}

impl UpgradeRequest {
    /// Returns the upgrade of a request. Only HTTP/1.1 has upgrades.
    fn of(request: &mut Request<Incoming>) -> Option<UpgradeRequest> {
        let protocols = headers::upgrades(request.headers());
        (request.version() == Version::HTTP_11 && !protocols.is_empty()).then(|| UpgradeRequest {
            protocols,
            client: hyper::upgrade::on(request),
        })
    }
}

/// Addresses the head of a request of `visitor` to the app.
pub(crate) fn readdress(
    head: &mut Parts,
    visitor: &Visitor,
    upgrade: Option<&UpgradeRequest>,
    run: &HeaderValue,
) {
    let trailers = Trailers::of(&head.headers);
    headers::strip(&mut head.headers);
    visitor.introduce(&mut head.headers);
    let protocols = upgrade.map_or(&[][..], |upgrade| &upgrade.protocols);
    headers::set_connection(&mut head.headers, trailers, protocols);
    headers::mark(&mut head.headers, run);
    if head.version == Version::HTTP_2 {
        join_cookies(&mut head.headers);
    }
    head.version = Version::HTTP_11;
}

/// Frames the request's body for the app. Returns the opener of a body that waits for `100 Continue`.
fn upload(
    head: &mut Parts,
    body: Incoming,
    version: Version,
    trace: &Trace,
) -> (Body, Option<Opener>) {
    if body.is_end_stream() {
        return (full(""), None);
    }
    if body.size_hint().exact().is_none() {
        head.headers.remove(CONTENT_LENGTH);
        let chunked = HeaderValue::from_static("chunked");
        head.headers.insert(TRANSFER_ENCODING, chunked);
    }
    if version == Version::HTTP_10 {
        // RFC 9110 §10.1.1: an HTTP/1.0 client does not understand `100 Continue`.
        head.headers.remove(EXPECT);
    }
    let body = match version {
        Version::HTTP_2 => Upload(body).boxed_unsync(),
        _ => body.map_err(Into::into).boxed_unsync(),
    };
    let trace = trace.clone();
    if head.headers.contains_key(EXPECT) {
        let (body, opener) = Gated::new(body);
        (Observed::new(body, trace).boxed_unsync(), Some(opener))
    } else {
        (Observed::new(body, trace).boxed_unsync(), None)
    }
}

/// Returns a copy of the head of a request that may be repeated.
fn retry(request: &Request<Body>) -> Option<Parts> {
    let is_safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE
    );
    (is_safe && request.body().is_end_stream()).then(|| {
        let mut copy = Request::new(());
        request.method().clone_into(copy.method_mut());
        request.uri().clone_into(copy.uri_mut());
        request.headers().clone_into(copy.headers_mut());
        request.extensions().clone_into(copy.extensions_mut());
        copy.into_parts().0
    })
}

/// RFC 9113 §8.2.3: HTTP/2 may have many `Cookie` fields, HTTP/1.1 has one.
fn join_cookies(headers: &mut HeaderMap) {
    let fields = headers.get_all(COOKIE).iter();
    let cookies: Vec<_> = fields.map(HeaderValue::as_bytes).collect();
    if cookies.len() > 1
        && let Ok(cookies) = HeaderValue::from_bytes(&cookies.join(&b"; "[..]))
    {
        headers.insert(COOKIE, cookies);
    }
}

/// Writes the head of an interim response as HTTP/1.1 does.
fn interim_head(status: StatusCode, headers: &HeaderMap) -> Vec<u8> {
    let mut headers = headers.clone();
    headers::strip(&mut headers);
    let mut head = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for (name, value) in &headers {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}
