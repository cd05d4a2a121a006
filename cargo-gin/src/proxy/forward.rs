//! Asks the app, and passes its answer on.

use http::header::{CONTENT_LENGTH, COOKIE, EXPECT, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Version};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::ext::on_informational;
use hyper::upgrade::OnUpgrade;

use super::body::{Ask, Body, Download, Upload, full};
use super::front::{Front, Visit, show};
use super::headers;
use super::hold::Turn;
use super::lane::{App, Lane, Lanes};
use super::refusal::Refusal;
use super::tunnel;
use crate::page::Format;
use crate::phase::Phase;

/// What a client wants to go on with, and its side of the tunnel.
struct Wish {
    protocols: Vec<String>,
    client: OnUpgrade,
}

/// The app was asked, and this is why there is no answer.
enum Unanswered {
    /// Nothing of the request was sent.
    Unsent(Box<Request<Upload>>),
    /// The app closed the connection.
    Lost,
    /// Whatever becomes of the app, there will be none.
    Refused(Refusal),
}

impl Front {
    /// Waits for the app, asks it and passes the answer on, or answers with the page that says why not.
    pub(super) async fn forward(
        &self,
        visit: &Visit,
        mut request: Request<Incoming>,
        format: Format,
    ) -> Response<Body> {
        let deadline = self.deadline(&request);
        let wish = Wish::of(&mut request);
        let mut request = self.readdress(visit, request, wish.as_ref());
        let spare = spare(&request);
        loop {
            let (app, pending) = match self.turn(deadline).await {
                Turn::Ask(app, pending) => (app, pending),
                Turn::Show(status) => return show(&status, format),
                Turn::Refuse(refusal) => return self.refuse(refusal, format),
            };
            let asked = self.ask(app, &visit.lanes, request, spare.as_ref()).await;
            drop(pending);
            let lost = match asked {
                Ok((response, lane)) => {
                    let lanes = spare.is_some().then(|| visit.lanes.clone());
                    let passed = self.pass_on(response, lane, lanes, wish);
                    return passed.unwrap_or_else(|refusal| self.refuse(refusal, format));
                }
                Err(Unanswered::Refused(refusal)) => return self.refuse(refusal, format),
                Err(Unanswered::Unsent(request)) => Some(*request),
                Err(Unanswered::Lost) => spare.clone().map(without_body),
            };
            if !self.is_gone(app).await {
                return self.refuse(Refusal::Silent, format);
            }
            request = match lost {
                Some(again) => again,
                None => return self.obituary(format),
            };
        }
    }

    /// The request as it goes to the app.
    fn readdress(
        &self,
        visit: &Visit,
        request: Request<Incoming>,
        wish: Option<&Wish>,
    ) -> Request<Upload> {
        let (mut head, body) = request.into_parts();
        let takes_trailers = headers::takes_trailers(&head.headers);
        headers::strip(&mut head.headers);
        headers::set_forwarded(&mut head.headers, visit.peer);
        let protocols = wish.map_or(&[][..], |wish| &wish.protocols);
        headers::set_connection(&mut head.headers, takes_trailers, protocols);
        head.headers.insert(headers::RUN, self.run.clone());
        if head.version == Version::HTTP_2 {
            join_cookies(&mut head.headers);
        }
        let can_ask = head.version >= Version::HTTP_11;
        head.version = Version::HTTP_11;
        if body.is_end_stream() {
            return Request::from_parts(head, Upload::Empty);
        }
        if body.size_hint().exact().is_none() {
            head.headers.remove(CONTENT_LENGTH);
            let chunked = HeaderValue::from_static("chunked");
            head.headers.insert(TRANSFER_ENCODING, chunked);
        }
        if !head.headers.contains_key(EXPECT) {
            return Request::from_parts(head, Upload::Streamed(body));
        }
        if !can_ask {
            head.headers.remove(EXPECT);
            return Request::from_parts(head, Upload::Streamed(body));
        }
        let (asking, ask) = Ask::channel();
        let mut request = Request::from_parts(head, Upload::Awaited(body, ask));
        on_informational(&mut request, move |response| {
            if response.status() == StatusCode::CONTINUE {
                // Once is enough: a second one changes nothing.
                let _ = asking.try_send(());
            }
        });
        request
    }

    /// Sends the request and waits for the head of the answer.
    async fn ask(
        &self,
        app: App,
        lanes: &Lanes,
        mut request: Request<Upload>,
        spare: Option<&Parts>,
    ) -> Result<(Response<Incoming>, Lane), Unanswered> {
        // What may have an effect goes by a new connection: of one that idled, nobody knows whether the app closes it just now.
        if let Some(spare) = spare
            && let Some(mut lane) = lanes.take(app).await
        {
            match lane.send(request).await {
                Ok(response) => return Ok((response, lane)),
                Err(_) => request = without_body(spare.clone()),
            }
        }
        let opened = tokio::select! {
            opened = Lane::open(app, &self.tasks) => opened.ok(),
            // An app that takes no connections is not waited for longer than it is the one to ask.
            () = self.leaves(app) => None,
        };
        let Some(mut lane) = opened else {
            return Err(Unanswered::Unsent(Box::new(request)));
        };
        match lane.send(request).await {
            Ok(response) => Ok((response, lane)),
            Err(lost) => Err(Unanswered::from(lost)),
        }
    }

    /// The app's answer as it goes to the client.
    fn pass_on(
        &self,
        response: Response<Incoming>,
        lane: Lane,
        lanes: Option<Lanes>,
        wish: Option<Wish>,
    ) -> Result<Response<Body>, Refusal> {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return self.switch(response, lane, wish);
        }
        let (mut head, body) = response.into_parts();
        if head.headers.contains_key(TRANSFER_ENCODING) {
            // RFC 9112 §6.3: the coding is what framed the body, and the length is a lie.
            head.headers.remove(CONTENT_LENGTH);
        }
        headers::strip(&mut head.headers);
        head.version = Version::HTTP_11;
        let body = Download::new(body, lane, lanes).boxed_unsync();
        Ok(Response::from_parts(head, body))
    }

    /// The answer that grants an upgrade, once the tunnel is there to follow it.
    fn switch(
        &self,
        mut response: Response<Incoming>,
        lane: Lane,
        wish: Option<Wish>,
    ) -> Result<Response<Body>, Refusal> {
        let wish = wish.ok_or(Refusal::UnaskedUpgrade)?;
        let granted = headers::upgrades(response.headers());
        let is_asked = |protocol: &String| {
            let mut asked = wish.protocols.iter();
            asked.any(|asked| asked.eq_ignore_ascii_case(protocol))
        };
        if granted.is_empty() || !granted.iter().all(is_asked) {
            return Err(Refusal::UnaskedUpgrade);
        }
        let app = hyper::upgrade::on(&mut response);
        self.tasks.spawn(tunnel::carry(wish.client, app, lane));
        let (mut head, _) = response.into_parts();
        headers::strip(&mut head.headers);
        headers::set_connection(&mut head.headers, false, &granted);
        Ok(Response::from_parts(head, full("")))
    }

    /// What is said of a request that its app took with it.
    fn obituary(&self, format: Format) -> Response<Body> {
        let status = self.proxy.status.borrow().clone();
        match status.phase {
            Phase::Failed | Phase::Crashed(_) => show(&status, format),
            _ => self.refuse(Refusal::Replaced, format),
        }
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

impl From<TrySendError<Request<Upload>>> for Unanswered {
    fn from(mut error: TrySendError<Request<Upload>>) -> Unanswered {
        if let Some(request) = error.take_message() {
            return Unanswered::Unsent(Box::new(request));
        }
        let error = error.into_error();
        if error.is_user() {
            return Unanswered::Refused(Refusal::BrokenBody);
        }
        if error.is_parse() {
            return Unanswered::Refused(Refusal::Malformed);
        }
        Unanswered::Lost
    }
}

/// The head of a request that may be sent again: it changes nothing (RFC 9110 §9.2.1) and has no body.
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

fn without_body(head: Parts) -> Request<Upload> {
    Request::from_parts(head, Upload::Empty)
}

/// RFC 9113 §8.2.3: HTTP/2 may have many `Cookie` fields, HTTP/1.1 has one.
fn join_cookies(headers: &mut HeaderMap) {
    let cookies: Vec<_> = headers
        .get_all(COOKIE)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    if cookies.len() > 1
        && let Ok(cookies) = HeaderValue::from_bytes(&cookies.join(&b"; "[..]))
    {
        headers.insert(COOKIE, cookies);
    }
}
