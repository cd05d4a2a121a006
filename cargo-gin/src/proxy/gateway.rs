//! The gateway: every request passes through it.

use std::sync::Arc;

use http::header::CONNECTION;
use http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
use tokio::sync::watch;

use crate::page::Format;
use crate::proxy::access::{Access, Refusal, Scheme, Token, Visitor};
use crate::proxy::beside::{Beside, BuildWait};
use crate::proxy::client::Client;
use crate::proxy::forwarding::{Forwarded, Forwarder, Hold, Responded, Room, Unserved};
use crate::proxy::own::{self, Actions, Endpoints, EventStreams, RecordedRequests};
use crate::proxy::places::Standing;
use crate::proxy::records::{Recorder, Trace};
use crate::proxy::reload::{Edition, Reload, WorkerNotice};
use crate::proxy::reports::Reports;
use crate::proxy::response;
use crate::proxy::settings::Wiring;
use crate::proxy::streams::Body;
use crate::proxy::underway::Underway;
use crate::proxy::upstream::Dialer;
use crate::state::{Phase, Status};

/// The parts of the proxy, which all requests share.
pub(super) struct Gateway {
    access: Access,
    /// The only scheme of pages, unless a proxy in front has another.
    scheme: Scheme,
    worker: WorkerNotice,
    own: Endpoints,
    beside: Beside,
    forwarder: Arc<Forwarder>,
    reload: Arc<Reload>,
    reports: Arc<Reports>,
    recorder: Recorder,
    underway: Underway,
    status: watch::Receiver<Status>,
}

impl Gateway {
    /// Returns the gateway of a new run.
    pub(super) fn new(wiring: Wiring, scheme: Scheme, dialer: &Dialer) -> Gateway {
        let run = HeaderValue::try_from(Token::random().as_str());
        let run = run.expect("hexadecimal digits fit in a header");
        let recorder = Recorder::new(wiring.settings.bodies);
        let underway = Underway::default();
        let report = wiring.report.clone();
        let reports = Reports::new(wiring.status.clone(), report, run.clone(), dialer.clone());
        let reports = Arc::new(reports);
        let room = Arc::new(Room::new(wiring.settings.held));
        let forwarder = Arc::new(forwarder(&wiring, &room, dialer, &run));
        let build = BuildWait {
            status: wiring.status.clone(),
            fresh: wiring.fresh.clone(),
        };
        let beside = Beside::new(
            wiring.sides.clone(),
            build,
            wiring.settings.hold,
            &room,
            dialer,
            &run,
        );
        let access = Access::new(
            wiring.settings.hosts.clone(),
            wiring.settings.trusted.clone(),
            wiring.notices.clone(),
            run.clone(),
        );
        let events = EventStreams::new(
            wiring.status.clone(),
            wiring.assets.clone(),
            recorder.clone(),
            underway.clone(),
            run.clone(),
            dialer.tasks.clone(),
        );
        let reload = Reload::new(wiring.assets.clone(), run, wiring.settings.overlay);
        let reload = Arc::new(reload);
        let status = wiring.status.clone();
        let requests = RecordedRequests {
            status: status.clone(),
            recorder: recorder.clone(),
            forwarder: forwarder.clone(),
            reload: reload.clone(),
            timeout: wiring.settings.hold,
        };
        Gateway {
            access,
            scheme,
            worker: WorkerNotice::new(wiring.notices.clone()),
            own: endpoints(wiring, events, requests, reports.clone()),
            beside,
            forwarder,
            reload,
            reports,
            recorder,
            underway,
            status,
        }
    }

    /// Responds to a request.
    pub(super) async fn respond(
        &self,
        client: &Client,
        request: Request<Incoming>,
    ) -> Response<Body> {
        let (mut head, body) = request.into_parts();
        let format = Format::negotiate(&head.method, &head.headers);
        let visitor = match self.access.check(&mut head, client.arrival) {
            Ok(visitor) => visitor,
            Err(refusal) => return self.explain(refusal.into(), format),
        };
        if self.scheme == Scheme::Https && visitor.origin.scheme == Scheme::Http {
            return response::to_https(&visitor.origin.host, &head.uri, &self.status.borrow());
        }
        if let Some(path) = own::path(&head.uri) {
            let own = self
                .own
                .respond(path, client, &head, body, &visitor, format);
            return own.await;
        }
        self.worker.look_at(&head, &visitor.origin);
        let format = format.in_place(&head.headers);
        if client.standing == Standing::Spare {
            return self.turn_away(format);
        }
        let journey = self.underway.begin(&head);
        let request = Request::from_parts(head, body);
        let response = match self.beside.at(request.uri().path()) {
            Some(owner) => {
                let beside = &self.beside;
                let response = beside.respond(owner, client, &visitor, request, format);
                response.await
            }
            None => self.serve(client, &visitor, request, format).await,
        };
        journey.respond(response)
    }

    /// Responds to a request for the app, and records it.
    async fn serve(
        &self,
        client: &Client,
        visitor: &Visitor,
        request: Request<Incoming>,
        format: Format,
    ) -> Response<Body> {
        let (attempt, is_ready) = {
            let status = self.status.borrow();
            (status.attempt, matches!(status.phase, Phase::Ready(_)))
        };
        let (head, body) = request.into_parts();
        let pending = self.recorder.begin(attempt, &head);
        if !is_ready {
            pending.trace().waits();
        }
        let report = self.reports.request(visitor, format);
        let mut request = Request::from_parts(head, body);
        let document = self.reload.document(&mut request, &visitor.origin.host);
        let forwarded = self.forward(client, visitor, request, report, pending.trace(), format);
        let (response, edition) = match forwarded.await {
            Ok(forwarded) => forwarded,
            Err(unserved) => return pending.record(self.explain(unserved, format)),
        };
        // The record has the response of the app, without the script.
        let response = pending.record(response);
        match document {
            Some(document) => self.reload.append_script(&document, edition, response),
            None => response,
        }
    }

    /// Forwards a request to the app. A report of the app becomes a page, as does the loss of a request. Returns the response, and
    /// the edition that it shows at least.
    async fn forward(
        &self,
        client: &Client,
        visitor: &Visitor,
        request: Request<Incoming>,
        report: Option<HeaderValue>,
        trace: &Trace,
        format: Format,
    ) -> Result<(Response<Body>, Edition), Unserved> {
        let edition = |upstream| self.reload.edition(upstream);
        let Forwarded {
            outcome,
            upstream,
            snapshot,
        } = self
            .forwarder
            .forward(client, visitor, request, report, trace, edition)
            .await?;
        let response = match outcome {
            Ok(responded) if self.reports.is_token(responded.report.as_ref()) => {
                let reports = &self.reports;
                reports
                    .respond(upstream, responded, visitor, trace, format)
                    .await?
            }
            Ok(Responded { response, .. }) => response,
            Err(loss) => self.reports.loss(upstream, loss, format),
        };
        Ok((response, snapshot))
    }

    /// Refuses a request for which there is no place, and makes the client close its connection.
    fn turn_away(&self, format: Format) -> Response<Body> {
        let mut response = self.explain(Refusal::Full.into(), format);
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
        response
    }

    /// Returns the page that explains why the app does not serve a request.
    fn explain(&self, unserved: Unserved, format: Format) -> Response<Body> {
        response::unserved(unserved, &self.status.borrow(), format)
    }
}

/// Returns what sends requests to the app.
fn forwarder(wiring: &Wiring, room: &Arc<Room>, dialer: &Dialer, run: &HeaderValue) -> Forwarder {
    Forwarder {
        hold: Hold {
            status: wiring.status.clone(),
            fresh: wiring.fresh.clone(),
            pending: wiring.pending.clone(),
            demand: wiring.demand.clone(),
            timeout: wiring.settings.hold,
            room: room.clone(),
        },
        status: wiring.status.clone(),
        in_flight: wiring.in_flight.clone(),
        dialer: dialer.clone(),
        run: run.clone(),
    }
}

/// Returns the proxy's own endpoints.
fn endpoints(
    wiring: Wiring,
    events: EventStreams,
    requests: RecordedRequests,
    reports: Arc<Reports>,
) -> Endpoints {
    let permit = wiring.settings.permit;
    Endpoints {
        status: wiring.status.clone(),
        sides: wiring.sides,
        fresh: wiring.fresh,
        token: Token::random(),
        permit,
        actions: Actions {
            status: wiring.status,
            events: wiring.events,
            fixes: wiring.fixes,
            undoable: wiring.undoable,
            permit,
            editor: wiring.settings.editor,
            reports: reports.clone(),
            port: wiring.port,
        },
        events,
        requests,
        reports,
    }
}
