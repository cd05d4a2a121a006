//! Sends requests to the app, and passes its responses on.

use std::pin::pin;

use bytes::Bytes;
use http::header::{ALT_SVC, CONTENT_LENGTH, EXPECT, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::proxy::access::{Refusal, Visitor};
use crate::proxy::client::Client;
use crate::proxy::forwarding::hold::{Hold, Unserved};
use crate::proxy::forwarding::loss::{Loss, OutputSince};
use crate::proxy::forwarding::outbound::{Outbound, readdress};
use crate::proxy::forwarding::room::Size;
use crate::proxy::forwarding::tunnel::{Protocol, Tunnel};
use crate::proxy::records::Trace;
use crate::proxy::streams::{Body, Observed, full};
use crate::proxy::upstream::headers::{self, Trailers};
use crate::proxy::upstream::{Connection, Dialer, Lent, Upstream};
use crate::state::{Flight, InFlight, Phase, Sent, Status};

/// Sends requests to the app, and passes its responses on.
pub(crate) struct Forwarder {
    pub(crate) hold: Hold,
    pub(crate) status: watch::Receiver<Status>,
    pub(crate) in_flight: InFlight,
    pub(crate) dialer: Dialer,
    /// The id of this run, which forwarded requests carry.
    pub(crate) run: HeaderValue,
}

/// A request that was forwarded.
pub(crate) struct Forwarded<S> {
    pub(crate) outcome: Result<Responded, Loss>,
    /// The app that it was forwarded to.
    pub(crate) upstream: Upstream,
    /// The snapshot that was taken before the request was sent.
    pub(crate) snapshot: S,
}

/// A response of the app.
pub(crate) struct Responded {
    pub(crate) response: Response<Body>,
    /// The app's value of [`headers::REPORT`], which is not passed on.
    pub(crate) report: Option<HeaderValue>,
    /// The app's output since the request was sent.
    pub(crate) output: OutputSince,
}

/// The reason why a request that was sent has no response.
enum NoResponse {
    /// The app accepts no connection.
    Unconnected(Box<Request<Body>>),
    /// No byte of the request was sent.
    Unsent(Box<Request<Body>>),
    /// The app closed the connection.
    Lost,
    /// There will be no response, whatever becomes of the app.
    Refused(Refusal),
}

impl Forwarder {
    /// Waits for the app, sends it the request, and passes its response on.
    ///
    /// `report` is the header value that requests a report. `snapshot` is called just before the request is sent.
    pub(crate) async fn forward<S>(
        &self,
        client: &Client,
        visitor: &Visitor,
        request: Request<Incoming>,
        report: Option<HeaderValue>,
        trace: &Trace,
        snapshot: impl Fn(Upstream) -> S,
    ) -> Result<Forwarded<S>, Unserved> {
        let deadline = self.hold.deadline(&request);
        let size = Size::of(request.uri(), request.headers());
        let (mut request, mut outbound) = Outbound::new(visitor, request, &self.run, trace);
        loop {
            let admission = self.hold.admit(client, size, deadline).await?;
            let upstream = admission.upstream;
            // A request may have come before it was known that the app makes reports.
            if let Some(report) = report.as_ref().filter(|_| self.makes_reports()) {
                outbound.request_report(&mut request, report);
            }
            // The response may or may not show a change from here on.
            let snapshot = snapshot(upstream);
            trace.forwarded(upstream.attempt);
            let flight = self.flight(trace, request.method(), request.uri());
            let sent = self.send(upstream, client, request, &mut outbound).await;
            let flight = is_received(&sent).then_some(flight);
            let mut output = admission.release();
            let outcome = |outcome| Forwarded {
                outcome,
                upstream,
                snapshot,
            };
            let (retry, refusal) = match sent {
                Ok((response, connection)) => {
                    let responded = self.responded(client, response, connection, outbound, output);
                    return Ok(outcome(responded));
                }
                Err(NoResponse::Refused(refusal)) => {
                    return self
                        .refused(refusal, &output)
                        .map(|loss| outcome(Err(loss)));
                }
                Err(NoResponse::Unconnected(request)) => (Some(*request), Refusal::Unreachable),
                Err(NoResponse::Unsent(request)) => (Some(*request), Refusal::Closed),
                Err(NoResponse::Lost) => (outbound.retry(), Refusal::Closed),
            };
            if !self.hold.is_gone(upstream, &mut output).await {
                return Ok(outcome(Err(self.loss(refusal, &output))));
            }
            if flight.is_some()
                && let Some(status) = self.crashed()
            {
                return Err(Unserved::Exited(Box::new(status)));
            }
            let Some(retry) = retry else {
                return self.lost(&output).map(|loss| outcome(Err(loss)));
            };
            request = retry;
        }
    }

    /// Returns the app's response as it goes to the client, with the output since the request was sent.
    fn responded(
        &self,
        client: &Client,
        response: Response<Incoming>,
        connection: Connection,
        outbound: Outbound,
        output: OutputSince,
    ) -> Result<Responded, Loss> {
        let report = response.headers().get(headers::REPORT).cloned();
        match self.pass_on(client, response, connection, outbound) {
            Ok(response) => Ok(Responded {
                response,
                report,
                output,
            }),
            Err(refusal) => Err(self.loss(refusal, &output)),
        }
    }

    /// Returns the loss of a request that has no response, unless the app has no part in it.
    fn refused(&self, refusal: Refusal, output: &OutputSince) -> Result<Loss, Unserved> {
        match refusal {
            Refusal::BrokenBody | Refusal::Full => Err(refusal.into()),
            _ => Ok(self.loss(refusal, output)),
        }
    }

    /// Returns the loss of a request, with the output since it was sent.
    fn loss(&self, refusal: Refusal, output: &OutputSince) -> Loss {
        output.explain(refusal, &self.status.borrow().target.root)
    }

    /// Returns `true` if the app is built on gin-core. No other app gets the token of reports.
    fn makes_reports(&self) -> bool {
        self.status.borrow().target.reports
    }

    /// Sends a recorded request again, with its whole body.
    pub(crate) async fn replay(
        &self,
        client: &Client,
        visitor: &Visitor,
        mut head: Parts,
        body: Bytes,
        trace: &Trace,
        deadline: Instant,
    ) -> Result<Response<Body>, Unserved> {
        let size = Size::of(&head.uri, &head.headers);
        let admission = self.hold.admit(client, size, deadline).await?;
        readdress(&mut head, visitor, None, &self.run);
        head.headers.remove(EXPECT);
        if !body.is_empty() {
            let length = HeaderValue::from(body.len());
            head.headers.insert(CONTENT_LENGTH, length);
        }
        let line = self.dialer.line().ok_or(Refusal::Full)?;
        let _flight = self.flight(trace, &head.method, &head.uri);
        let sent = async {
            let mut connection = self.dialer.connect(admission.upstream, line).await.ok()?;
            trace.forwarded(admission.upstream.attempt);
            let request = Request::from_parts(head, full(body));
            let mut response = connection.send(request).await.ok()?;
            strip(response.headers_mut());
            let lent = Lent::new(connection, None);
            Some(response.map(|body| Observed::new(body, lent).boxed_unsync()))
        };
        let response = timeout_at(deadline, sent).await.ok().flatten();
        if let Some(response) = response {
            return Ok(response);
        }
        let upstream = admission.upstream;
        let mut output = admission.release();
        if self.hold.is_gone(upstream, &mut output).await
            && let Some(status) = self.failed()
        {
            return Err(Unserved::Phase(Box::new(status)));
        }
        Err(Refusal::Silent.into())
    }

    /// Sends the request and waits for the head of the response.
    async fn send(
        &self,
        upstream: Upstream,
        client: &Client,
        mut request: Request<Body>,
        outbound: &mut Outbound,
    ) -> Result<(Response<Incoming>, Connection), NoResponse> {
        // Only a repeatable request uses an idle connection: the app may be closing it at this very moment.
        if outbound.is_repeatable()
            && let Some(mut connection) = client.pool.take(upstream).await
        {
            match exchange(client, &mut connection, request, outbound).await {
                Ok(response) => return Ok((response, connection)),
                Err(error) => match outbound.retry() {
                    Some(retry) => request = retry,
                    None => return Err(NoResponse::from(error)),
                },
            }
        }
        let Some(line) = self.dialer.line() else {
            return Err(NoResponse::Refused(Refusal::Full));
        };
        let opened = tokio::select! {
            opened = self.dialer.connect(upstream, line) => opened.ok(),
            // An app that accepts no connection is not waited for once it is replaced.
            () = self.hold.gone(upstream) => None,
        };
        let Some(mut connection) = opened else {
            return Err(NoResponse::Unconnected(Box::new(request)));
        };
        match exchange(client, &mut connection, request, outbound).await {
            Ok(response) => Ok((response, connection)),
            Err(error) => Err(NoResponse::from(error)),
        }
    }

    /// Returns the app's response as it goes to the client.
    fn pass_on(
        &self,
        client: &Client,
        response: Response<Incoming>,
        connection: Connection,
        outbound: Outbound,
    ) -> Result<Response<Body>, Refusal> {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return self.switch(client, response, connection, outbound);
        }
        Ok(plain(client, response, connection, &outbound))
    }

    /// Returns the response that grants an upgrade, and starts the tunnel.
    fn switch(
        &self,
        client: &Client,
        mut response: Response<Incoming>,
        connection: Connection,
        outbound: Outbound,
    ) -> Result<Response<Body>, Refusal> {
        let upgrade = outbound.upgrade.ok_or(Refusal::UnrequestedUpgrade)?;
        let granted = headers::upgrades(response.headers());
        let is_requested = |protocol: &String| {
            let mut requested = upgrade.protocols.iter();
            requested.any(|requested| requested.eq_ignore_ascii_case(protocol))
        };
        if granted.is_empty() || !granted.iter().all(is_requested) {
            return Err(Refusal::UnrequestedUpgrade);
        }
        let is_websocket = |protocol: &String| protocol.eq_ignore_ascii_case("websocket");
        let tunnel = Tunnel {
            upstream: connection.upstream(),
            status: self.status.clone(),
            protocol: if granted.iter().all(is_websocket) {
                Protocol::WebSocket
            } else {
                Protocol::Other
            },
        };
        let app = hyper::upgrade::on(&mut response);
        client.handle.become_tunnel();
        self.dialer
            .tasks
            .spawn(tunnel.carry(upgrade.client, app, connection));
        let (mut head, _) = response.into_parts();
        headers::strip(&mut head.headers);
        headers::set_connection(&mut head.headers, Trailers::Unspecified, &granted);
        Ok(Response::from_parts(head, full("")))
    }

    /// Returns the reason why a request that was lost with its app is not repeated.
    fn lost(&self, output: &OutputSince) -> Result<Loss, Unserved> {
        match self.failed() {
            Some(status) => Err(Unserved::Phase(Box::new(status))),
            None => Ok(self.loss(Refusal::Replaced, output)),
        }
    }

    /// Adds a request to those in flight, until the flight is dropped.
    fn flight(&self, trace: &Trace, method: &Method, target: &Uri) -> Flight {
        self.in_flight.begin(Sent {
            id: trace.id(),
            method: method.to_string(),
            path: target.path().to_owned(),
        })
    }

    /// Returns the status if the app has exited by itself.
    fn crashed(&self) -> Option<Status> {
        self.failed()
            .filter(|status| matches!(status.phase, Phase::Crashed(_)))
    }

    /// Returns the status if the attempt has failed.
    fn failed(&self) -> Option<Status> {
        let status = self.status.borrow();
        matches!(status.phase, Phase::Failed | Phase::Crashed(_)).then(|| status.clone())
    }
}

/// Returns `true` if the app may have received the request.
fn is_received<T>(sent: &Result<T, NoResponse>) -> bool {
    !matches!(
        sent,
        Err(NoResponse::Unconnected(_) | NoResponse::Unsent(_))
    )
}

/// Returns a response that is not an upgrade.
fn plain(
    client: &Client,
    response: Response<Incoming>,
    connection: Connection,
    outbound: &Outbound,
) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    let required = headers::upgrades(&head.headers);
    strip(&mut head.headers);
    if head.status == StatusCode::UPGRADE_REQUIRED {
        // RFC 9110 §15.5.22: the response must name the required protocols.
        headers::set_connection(&mut head.headers, Trailers::Unspecified, &required);
    }
    head.version = Version::HTTP_11;
    let pool = outbound.is_repeatable().then(|| client.pool.clone());
    let body = Observed::new(body, Lent::new(connection, pool)).boxed_unsync();
    Response::from_parts(head, body)
}

/// Removes the fields of a response that are for the dev server alone.
fn strip(headers: &mut HeaderMap) {
    if headers.contains_key(TRANSFER_ENCODING) {
        // RFC 9112 §6.3: the transfer coding framed the body, so the length is wrong.
        headers.remove(CONTENT_LENGTH);
    }
    // RFC 7838: clients would go on to another port of the app, past the dev server.
    headers.remove(ALT_SVC);
    headers::strip(headers);
}

/// Sends the request on `connection`, and passes interim responses on until the head of the response comes.
async fn exchange(
    client: &Client,
    connection: &mut Connection,
    request: Request<Body>,
    outbound: &mut Outbound,
) -> Result<Response<Incoming>, TrySendError<Request<Body>>> {
    let mut response = pin!(connection.send(request));
    loop {
        tokio::select! {
            biased;
            Some(head) = outbound.interim.recv() => client.handle.send_interim(&head),
            response = response.as_mut() => return response,
        }
    }
}

impl From<TrySendError<Request<Body>>> for NoResponse {
    fn from(mut error: TrySendError<Request<Body>>) -> NoResponse {
        if let Some(request) = error.take_message() {
            return NoResponse::Unsent(Box::new(request));
        }
        let error = error.into_error();
        if error.is_user() {
            return NoResponse::Refused(Refusal::BrokenBody);
        }
        if error.is_parse() {
            return NoResponse::Refused(Refusal::Malformed);
        }
        NoResponse::Lost
    }
}
