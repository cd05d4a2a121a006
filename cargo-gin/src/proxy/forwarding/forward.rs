//! Asks the app, and passes its answer on.

use std::pin::pin;

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{Request, Response, StatusCode, Version};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;

use crate::page::Format;
use crate::proxy::access::Refusal;
use crate::proxy::forwarding::hold::Turn;
use crate::proxy::forwarding::outbound::Outbound;
use crate::proxy::forwarding::tunnel::{Protocol, Tunnel};
use crate::proxy::front::{Front, Reader, Visit, show};
use crate::proxy::records::Trace;
use crate::proxy::streams::{Body, Observed, full};
use crate::proxy::upstream::headers::{self, Trailers};
use crate::proxy::upstream::{Connection, Lent, Upstream};
use crate::state::Phase;

/// The app was asked, and this is why there is no answer.
enum Unanswered {
    /// Nothing of the request was sent.
    Unsent(Box<Request<Body>>),
    /// The app closed the connection.
    Lost,
    /// Whatever becomes of the app, there will be none.
    Refused(Refusal),
}

impl Front {
    /// Waits for the app, asks it and passes the answer on, or answers with the page that says why not.
    pub(crate) async fn forward(
        &self,
        visit: &Visit,
        mut request: Request<Incoming>,
        trace: &Trace,
        reader: Reader,
    ) -> Response<Body> {
        let Reader { format, report } = reader;
        let deadline = self.deadline(&request);
        let document = self.document(&mut request);
        let (mut request, mut outbound) =
            Outbound::new(visit.peer, request, &self.run, report, trace);
        loop {
            let (app, pending) = match self.turn(visit, deadline).await {
                Turn::Ask(app, pending) => (app, pending),
                Turn::Show(status) => return show(&status, format),
                Turn::Refuse(refusal) => return self.refuse(refusal, format),
            };
            // Of what changes from now on, nobody knows whether the answer shows it.
            let edition = self.edition(app);
            trace.forwarded();
            let asked = self.ask(app, visit, request, &mut outbound).await;
            drop(pending);
            let again = match asked {
                Ok((response, connection)) => {
                    let is_report = self.is_report(&response);
                    let passed = match self.pass_on(visit, response, connection, outbound) {
                        Ok(report) if is_report => {
                            self.show_report(app, report, trace, format).await
                        }
                        passed => passed,
                    };
                    return match (passed, &document) {
                        (Ok(page), Some(document)) => self.keep_up_to_date(document, edition, page),
                        (Ok(response), None) => response,
                        (Err(refusal), _) => self.refuse(refusal, format),
                    };
                }
                Err(Unanswered::Refused(refusal)) => return self.refuse(refusal, format),
                Err(Unanswered::Unsent(request)) => Some(*request),
                Err(Unanswered::Lost) => outbound.retry(),
            };
            if !self.is_gone(app).await {
                return self.refuse(Refusal::Silent, format);
            }
            request = match again {
                Some(again) => again,
                None => return self.obituary(format),
            };
        }
    }

    /// Sends the request and waits for the head of the answer.
    async fn ask(
        &self,
        app: Upstream,
        visit: &Visit,
        mut request: Request<Body>,
        outbound: &mut Outbound,
    ) -> Result<(Response<Incoming>, Connection), Unanswered> {
        // What may have an effect goes by a new connection: of one that idled, nobody knows whether the app closes it just now.
        if let Some(again) = outbound.retry()
            && let Some(mut connection) = visit.pool.take(app).await
        {
            match send(visit, &mut connection, request, outbound).await {
                Ok(response) => return Ok((response, connection)),
                Err(_) => request = again,
            }
        }
        let opened = tokio::select! {
            opened = Connection::open(app, &self.tasks) => opened.ok(),
            // An app that takes no connections is not waited for longer than it is the one to ask.
            () = self.leaves(app) => None,
        };
        let Some(mut connection) = opened else {
            return Err(Unanswered::Unsent(Box::new(request)));
        };
        match send(visit, &mut connection, request, outbound).await {
            Ok(response) => Ok((response, connection)),
            Err(lost) => Err(Unanswered::from(lost)),
        }
    }

    /// The app's answer as it goes to the client.
    fn pass_on(
        &self,
        visit: &Visit,
        response: Response<Incoming>,
        connection: Connection,
        outbound: Outbound,
    ) -> Result<Response<Body>, Refusal> {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return self.switch(visit, response, connection, outbound);
        }
        let (mut head, body) = response.into_parts();
        if head.headers.contains_key(TRANSFER_ENCODING) {
            // RFC 9112 §6.3: the coding is what framed the body, and the length is a lie.
            head.headers.remove(CONTENT_LENGTH);
        }
        let required = headers::upgrades(&head.headers);
        headers::strip(&mut head.headers);
        if head.status == StatusCode::UPGRADE_REQUIRED {
            // RFC 9110 §15.5.22: the answer has to say what is required.
            headers::set_connection(&mut head.headers, Trailers::Unspecified, &required);
        }
        head.version = Version::HTTP_11;
        let pool = outbound.is_repeatable().then(|| visit.pool.clone());
        let body = Observed::new(body, Lent::new(connection, pool)).boxed_unsync();
        Ok(Response::from_parts(head, body))
    }

    /// The answer that grants an upgrade, with the tunnel to follow it.
    fn switch(
        &self,
        visit: &Visit,
        mut response: Response<Incoming>,
        connection: Connection,
        outbound: Outbound,
    ) -> Result<Response<Body>, Refusal> {
        let upgrade = outbound.upgrade.ok_or(Refusal::UnrequestedUpgrade)?;
        let granted = headers::upgrades(response.headers());
        let is_asked = |protocol: &String| {
            let mut asked = upgrade.protocols.iter();
            asked.any(|asked| asked.eq_ignore_ascii_case(protocol))
        };
        if granted.is_empty() || !granted.iter().all(is_asked) {
            return Err(Refusal::UnrequestedUpgrade);
        }
        let is_websocket = |protocol: &String| protocol.eq_ignore_ascii_case("websocket");
        let tunnel = Tunnel {
            upstream: connection.upstream(),
            status: self.proxy.status.clone(),
            protocol: if granted.iter().all(is_websocket) {
                Protocol::WebSocket
            } else {
                Protocol::Other
            },
        };
        let app = hyper::upgrade::on(&mut response);
        visit.handle.become_tunnel();
        self.tasks
            .spawn(tunnel.carry(upgrade.client, app, connection));
        let (mut head, _) = response.into_parts();
        headers::strip(&mut head.headers);
        headers::set_connection(&mut head.headers, Trailers::Unspecified, &granted);
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

/// Sends the request by `connection` and passes interim answers on until the answer's head has come.
async fn send(
    visit: &Visit,
    connection: &mut Connection,
    request: Request<Body>,
    outbound: &mut Outbound,
) -> Result<Response<Incoming>, TrySendError<Request<Body>>> {
    let mut answer = pin!(connection.send(request));
    loop {
        tokio::select! {
            biased;
            Some(head) = outbound.interim.recv() => visit.handle.send_interim(&head),
            answer = answer.as_mut() => return answer,
        }
    }
}

impl From<TrySendError<Request<Body>>> for Unanswered {
    fn from(mut error: TrySendError<Request<Body>>) -> Unanswered {
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
