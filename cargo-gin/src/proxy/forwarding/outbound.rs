//! A request as it goes to the app, and what must be remembered of it until the answer comes.

use http::header::{CONTENT_LENGTH, COOKIE, EXPECT, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Version};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::ext::on_informational;
use hyper::upgrade::OnUpgrade;
use tokio::sync::mpsc;

use crate::proxy::front::Visit;
use crate::proxy::records::Trace;
use crate::proxy::streams::{Ask, Upload};
use crate::proxy::upstream::{Trailers, headers};

/// How many interim answers may wait to be passed on. More are dropped: they are hints.
const MAX_INTERIM: usize = 8;

/// What must be remembered of a request.
pub(crate) struct Errand {
    /// The request's head, if it may be sent again.
    spare: Option<Parts>,
    /// What the client wants to go on with.
    pub(crate) wish: Option<Wish>,
    /// The heads of interim answers, as they come.
    pub(crate) interim: mpsc::Receiver<Vec<u8>>,
}

/// An upgrade that was asked for.
pub(crate) struct Wish {
    /// The protocols that would do.
    pub(crate) protocols: Vec<String>,
    /// The client's side of the tunnel.
    pub(crate) client: OnUpgrade,
}

impl Errand {
    /// Readdresses a request to the app. `run` is our own name for requests that pass here, `report` what asks
    /// for a report.
    pub(crate) fn new(
        visit: &Visit,
        mut request: Request<Incoming>,
        run: &HeaderValue,
        report: Option<HeaderValue>,
        trace: &Trace,
    ) -> (Request<Upload>, Errand) {
        let version = request.version();
        let wish = Wish::of(&mut request);
        let (mut head, body) = request.into_parts();
        readdress(&mut head, visit, wish.as_ref(), run);
        if let Some(report) = report {
            head.headers.insert(headers::REPORT, report);
        }
        let (body, asking) = upload(&mut head, body, version, trace);
        let mut request = Request::from_parts(head, body);
        let (passing, interim) = mpsc::channel(MAX_INTERIM);
        on_informational(&mut request, move |answer| {
            // What finds no place is dropped: a second `100 Continue`, or a hint too many.
            if answer.status() == StatusCode::CONTINUE {
                let _ = asking.as_ref().map(|asking| asking.try_send(()));
            } else if version == Version::HTTP_11 {
                let _ = passing.try_send(interim_head(answer.status(), answer.headers()));
            }
        });
        let spare = spare(&request);
        let errand = Errand {
            spare,
            wish,
            interim,
        };
        (request, errand)
    }

    /// The request once more, if it may be sent again: it changes nothing (RFC 9110 §9.2.1) and has no body.
    pub(crate) fn again(&self) -> Option<Request<Upload>> {
        let head = self.spare.clone()?;
        Some(Request::from_parts(head, Upload::Empty))
    }

    /// May the request be sent again?
    pub(crate) fn is_repeatable(&self) -> bool {
        self.spare.is_some()
    }
}

impl Wish {
    /// The request's wish. Only HTTP/1.1 knows upgrades.
    fn of(request: &mut Request<Incoming>) -> Option<Wish> {
        let protocols = headers::upgrades(request.headers());
        (request.version() == Version::HTTP_11 && !protocols.is_empty()).then(|| Wish {
            protocols,
            client: hyper::upgrade::on(request),
        })
    }
}

/// Addresses a head to the app.
pub(crate) fn readdress(head: &mut Parts, visit: &Visit, wish: Option<&Wish>, run: &HeaderValue) {
    let trailers = Trailers::of(&head.headers);
    headers::strip(&mut head.headers);
    headers::set_forwarded(&mut head.headers, visit.peer);
    let protocols = wish.map_or(&[][..], |wish| &wish.protocols);
    headers::set_connection(&mut head.headers, trailers, protocols);
    head.headers.insert(headers::RUN, run.clone());
    if head.version == Version::HTTP_2 {
        join_cookies(&mut head.headers);
    }
    head.version = Version::HTTP_11;
}

/// The request's body, framed for the app, and who asks for it when the client waits for that.
fn upload(
    head: &mut Parts,
    body: Incoming,
    version: Version,
    trace: &Trace,
) -> (Upload, Option<mpsc::Sender<()>>) {
    if body.is_end_stream() {
        return (Upload::Empty, None);
    }
    if body.size_hint().exact().is_none() {
        head.headers.remove(CONTENT_LENGTH);
        let chunked = HeaderValue::from_static("chunked");
        head.headers.insert(TRANSFER_ENCODING, chunked);
    }
    if version == Version::HTTP_10 {
        // RFC 9110 §10.1.1: an HTTP/1.0 client can't be asked.
        head.headers.remove(EXPECT);
    }
    let expects = head.headers.contains_key(EXPECT);
    let (asking, ask) = expects.then(Ask::channel).unzip();
    let trace = trace.clone();
    (Upload::Streamed { body, ask, trace }, asking)
}

fn spare(request: &Request<Upload>) -> Option<Parts> {
    let is_safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE
    );
    (is_safe && request.body().is_end_stream()).then(|| {
        let mut spare = Request::new(());
        request.method().clone_into(spare.method_mut());
        request.uri().clone_into(spare.uri_mut());
        request.headers().clone_into(spare.headers_mut());
        request.extensions().clone_into(spare.extensions_mut());
        spare.into_parts().0
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

/// An interim answer as HTTP/1.1 writes it.
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
