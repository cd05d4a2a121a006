//! The gateway: every request passes through it.

use std::sync::Arc;

use http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
use tokio::sync::{Semaphore, watch};

use crate::page::Format;
use crate::proxy::access::{Access, Scheme, Token, Visitor};
use crate::proxy::beside::{Beside, BuildWait};
use crate::proxy::client::Client;
use crate::proxy::forwarding::{Forwarded, Forwarder, Hold, Responded, Unserved};
use crate::proxy::own::{self, Actions, Endpoints, EventStreams, RecordedRequests};
use crate::proxy::records::{Recorder, Trace};
use crate::proxy::reload::Reload;
use crate::proxy::reports::Reports;
use crate::proxy::response;
use crate::proxy::settings::Wiring;
use crate::proxy::streams::Body;
use crate::proxy::tasks::Tasks;
use crate::proxy::underway::Underway;
use crate::state::Status;

/// The parts of the proxy, which all requests share.
pub(super) struct Gateway {
    access: Access,
    /// The only scheme of pages, unless a proxy in front has another.
    scheme: Scheme,
    own: Endpoints,
    beside: Beside,
    forwarder: Arc<Forwarder>,
    reload: Reload,
    reports: Arc<Reports>,
    recorder: Recorder,
    underway: Underway,
    status: watch::Receiver<Status>,
}

impl Gateway {
    /// Returns the gateway of a new run.
    pub(super) fn new(wiring: Wiring, scheme: Scheme, tasks: &Tasks) -> Gateway {
        let (settings, status, assets) = (wiring.settings, wiring.status, wiring.assets);
        let run = HeaderValue::try_from(Token::random().as_str());
        let run = run.expect("hexadecimal digits fit in a header");
        let recorder = Recorder::new(settings.bodies);
        let underway = Underway::default();
        let reports = Reports::new(status.clone(), wiring.report, run.clone(), tasks.clone());
        let reports = Arc::new(reports);
        let forwarder = Arc::new(Forwarder {
            hold: Hold {
                status: status.clone(),
                fresh: wiring.fresh.clone(),
                pending: wiring.pending,
                demand: wiring.demand,
                timeout: settings.hold,
                places: Semaphore::new(settings.places),
            },
            status: status.clone(),
            tasks: tasks.clone(),
            run: run.clone(),
        });
        let beside = Beside::new(
            wiring.sides.clone(),
            BuildWait {
                status: status.clone(),
                fresh: wiring.fresh,
            },
            settings.hold,
            settings.places,
            tasks,
            &run,
        );
        let own = Endpoints {
            status: status.clone(),
            sides: wiring.sides,
            token: Token::random(),
            permit: settings.permit,
            actions: Actions {
                status: status.clone(),
                events: wiring.events,
                fixes: wiring.fixes,
                undoable: wiring.undoable,
                permit: settings.permit,
                editor: settings.editor,
                reports: reports.clone(),
            },
            events: EventStreams::new(
                status.clone(),
                assets.clone(),
                recorder.clone(),
                underway.clone(),
                run.clone(),
                tasks.clone(),
            ),
            requests: RecordedRequests {
                status: status.clone(),
                recorder: recorder.clone(),
                forwarder: forwarder.clone(),
                timeout: settings.hold,
            },
            reports: reports.clone(),
        };
        Gateway {
            access: Access::new(
                settings.hosts,
                settings.trusted,
                wiring.notices,
                run.clone(),
            ),
            scheme,
            own,
            beside,
            forwarder,
            reload: Reload::new(assets, run),
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
        let attempt = self.status.borrow().attempt;
        let (head, body) = request.into_parts();
        let pending = self.recorder.begin(attempt, &head);
        let report = self.reports.request(visitor, format);
        let request = Request::from_parts(head, body);
        let forwarded = self.forward(client, visitor, request, report, pending.trace(), format);
        let response = match forwarded.await {
            Ok(response) => response,
            Err(unserved) => self.explain(unserved, format),
        };
        pending.record(response)
    }

    /// Forwards a request to the app. A report of the app becomes a page, as does the loss of a request, and a page gets the reload
    /// script.
    async fn forward(
        &self,
        client: &Client,
        visitor: &Visitor,
        mut request: Request<Incoming>,
        report: Option<HeaderValue>,
        trace: &Trace,
        format: Format,
    ) -> Result<Response<Body>, Unserved> {
        let document = self.reload.document(&mut request, &visitor.origin.host);
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
            Ok(Responded { response, report }) if self.reports.is_token(report.as_ref()) => {
                self.reports.page(upstream, response, trace, format).await?
            }
            Ok(Responded { response, .. }) => response,
            Err(loss) => self.reports.loss(upstream, loss, format),
        };
        Ok(match document {
            Some(document) => self.reload.append_script(&document, snapshot, response),
            None => response,
        })
    }

    /// Returns the page that explains why the app does not serve a request.
    fn explain(&self, unserved: Unserved, format: Format) -> Response<Body> {
        response::unserved(unserved, &self.status.borrow(), format)
    }
}
