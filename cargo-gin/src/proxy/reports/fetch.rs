//! Requests reports from the app, and turns them into pages.
//!
//! The app was started with a token, and sends a report in response to a request that carries it. The response carries the token
//! as well, so that nothing else is mistaken for a report.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use http::header::{ALLOW, HOST, RETRY_AFTER, SET_COOKIE, WWW_AUTHENTICATE};
use http::response::Parts;
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri};
use http_body_util::BodyExt as _;
use hyper::client::conn::TrySendError;
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::incidents::{Failure, Incident, Report, Route, Routes, View};
use crate::page::{self, Format, Lost};
use crate::panic::Panic;
use crate::proxy::access::{Refusal, Token, Visitor};
use crate::proxy::forwarding::{Loss, Responded};
use crate::proxy::records::{self, Happened, InPlace, Trace};
use crate::proxy::reports::answer;
use crate::proxy::reports::cache::ReportCache;
use crate::proxy::response;
use crate::proxy::streams::{Body, Error, full};
use crate::proxy::upstream::headers::{self, REPORT};
use crate::proxy::upstream::{Dialer, Upstream};
use crate::source::Sources;
use crate::state::{Status, Target};

/// The largest report, in bytes.
const MAX_REPORT: usize = 4 << 20;

/// The time that an app has to send a report.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The time that a page that shows more than the routes waits for them.
const GLANCE: Duration = Duration::from_millis(100);

/// The fields of a report's response that are for the client.
const PASSED_ON: [HeaderName; 4] = [ALLOW, RETRY_AFTER, SET_COOKIE, WWW_AUTHENTICATE];

/// The reports of the app.
pub(crate) struct Reports {
    status: watch::Receiver<Status>,
    /// The token of requests for reports, and of reports.
    token: Token,
    /// The id of this run.
    run: HeaderValue,
    dialer: Dialer,
    cache: ReportCache,
}

impl Reports {
    /// Returns an empty set of reports.
    pub(crate) fn new(
        status: watch::Receiver<Status>,
        token: Token,
        run: HeaderValue,
        dialer: Dialer,
    ) -> Reports {
        Reports {
            status,
            token,
            run,
            dialer,
            cache: ReportCache::default(),
        }
    }

    /// Returns the files that the pages of this attempt's reports show.
    pub(crate) fn files(&self, attempt: u64) -> Sources {
        self.cache.files(attempt)
    }

    /// Adds the files of `routes` to those of this attempt, and returns all of them.
    pub(crate) fn files_of(&self, routes: &[Route], attempt: u64, target: &Target) -> Sources {
        self.cache.files_of(routes, attempt, target)
    }

    /// Returns the page of a request that the app lost.
    pub(crate) fn loss(&self, upstream: Upstream, loss: Loss, format: Format) -> Response<Body> {
        let status = self.status.borrow().clone();
        let names = loss.panics.iter().flat_map(Panic::files);
        let attempt = upstream.attempt;
        let request = Lost {
            headline: None,
            detail: loss.refusal.detail().into(),
            sources: self.cache.files_named(names, attempt, &status.target),
            output: loss.output,
            panics: loss.panics,
        };
        let mut page = response::page(page::lost(&request, &status, format), &status);
        let reason = InPlace(request.detail.clone().into_owned());
        page.extensions_mut().insert(reason);
        page
    }

    /// Returns the routes of the app, or of the last app while none is ready. `None` if it does not report them.
    pub(crate) async fn routes(&self) -> Option<Arc<[Route]>> {
        match self.upstream() {
            Some(upstream) => self.routes_of(upstream).await,
            None => self.cached_routes(),
        }
    }

    /// The same for pages that show other things, too: it returns the last routes if the app does not respond at once.
    pub(crate) async fn routes_at_hand(&self) -> Option<Arc<[Route]>> {
        let routes = match self.upstream() {
            Some(upstream) => timeout(GLANCE, self.routes_of(upstream)).await.ok(),
            None => None,
        };
        routes.unwrap_or_else(|| self.cached_routes())
    }

    fn upstream(&self) -> Option<Upstream> {
        Upstream::of(&self.status.borrow())
    }

    fn cached_routes(&self) -> Option<Arc<[Route]>> {
        self.cache.routes().filter(|_| self.is_enabled())
    }

    /// Returns the routes of an app, if it reports them. They are requested once.
    async fn routes_of(&self, upstream: Upstream) -> Option<Arc<[Route]>> {
        if self.is_enabled() && !self.cache.has_routes_of(upstream) {
            let fetched = timeout(TIMEOUT, self.fetch_routes(upstream)).await;
            // Nothing is cached for an app that did not respond: it may do so later.
            self.cache.set_routes(upstream, fetched.ok()?.ok()?);
        }
        self.cached_routes()
    }

    /// Requests the routes of an app. Returns `None` if it is not a debug build.
    async fn fetch_routes(&self, upstream: Upstream) -> anyhow::Result<Option<Vec<Route>>> {
        let line = self.dialer.line().context("no connection is left")?;
        let mut request = Request::new(full(""));
        // RFC 9110 §9.3.7: an app that does not know about reports invokes none of its routes for this request.
        *request.method_mut() = Method::OPTIONS;
        *request.uri_mut() = Uri::from_static("*");
        let headers = request.headers_mut();
        headers.insert(HOST, HeaderValue::try_from(upstream.address.to_string())?);
        headers::mark(headers, &self.run);
        headers.insert(REPORT, self.request_for(" routes"));
        let mut connection = self.dialer.connect(upstream, line).await?;
        let response = connection.send(request).await;
        let response = response.map_err(TrySendError::into_error)?;
        if !self.is_token(response.headers().get(REPORT)) {
            return Ok(None);
        }
        let body = response.into_body().map_err(Error::from).boxed_unsync();
        let routes: Option<Routes> = read(body).await;
        Ok(routes.map(|routes| routes.routes))
    }

    /// Returns the header value that requests a report, if the client may read one: only a client on this machine may.
    pub(crate) fn request(&self, visitor: &Visitor, format: Format) -> Option<HeaderValue> {
        if !visitor.is_local() {
            return None;
        }
        Some(self.request_for(match format {
            Format::Html(_) => " page",
            Format::Problem | Format::Markdown | Format::Text(_) | Format::Fragment => "",
        }))
    }

    /// Returns `true` for the token that marks a response as a report. The responses of handlers do not have it.
    pub(crate) fn is_token(&self, value: Option<&HeaderValue>) -> bool {
        value.is_some_and(|value| self.token.is(value.as_bytes()))
    }

    /// Returns the page of a report, or the app's response that the report is about.
    pub(crate) async fn respond(
        &self,
        upstream: Upstream,
        responded: Responded,
        visitor: &Visitor,
        trace: &Trace,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        let (head, body) = responded.response.into_parts();
        let report = timeout(TIMEOUT, read(body)).await;
        let report: Report = report.ok().flatten().ok_or(Refusal::Malformed)?;
        let mut incident = self
            .incident(upstream, report, &head, visitor, trace)
            .await?;
        incident.output = responded.output.printed().await;
        let answer = incident.report.answer.take();
        let view = incident.report.view;
        let incident = Arc::new(incident);
        if let (View::Answer, Some(answer)) = (view, &answer) {
            let mut response = answer::response(head.status, answer);
            let place = HeaderValue::from_str(&answer::place(&incident));
            response
                .headers_mut()
                .extend(place.ok().map(|place| (answer::INCIDENT, place)));
            response.extensions_mut().insert(Happened {
                incident,
                replaced: None,
            });
            return Ok(response);
        }
        let status = self.status.borrow().clone();
        let mut page = response::page(page::incident(&incident, &status, format), &status);
        for name in PASSED_ON {
            for value in head.headers.get_all(&name) {
                page.headers_mut().append(&name, value.clone());
            }
        }
        let extensions = page.extensions_mut();
        extensions.insert(InPlace(page::summary(&incident)));
        extensions.insert(Happened {
            incident,
            replaced: answer.as_ref().map(answer::parts),
        });
        Ok(page)
    }

    /// Makes the incident of a report, with secrets masked.
    async fn incident(
        &self,
        upstream: Upstream,
        mut report: Report,
        head: &Parts,
        visitor: &Visitor,
        trace: &Trace,
    ) -> Result<Incident, Refusal> {
        let request = trace.record().as_ref().map(records::request);
        let mut request = request.ok_or(Refusal::Malformed)?;
        request.origin = visitor.origin.to_string();
        let params = report
            .params
            .iter_mut()
            .map(|(name, value)| (&*name, value));
        let refused: &mut [_] = match &mut report.failure {
            Failure::Miss { mismatches } => mismatches,
            _ => &mut [],
        };
        let refused = refused.iter_mut();
        let refused = refused.map(|mismatch| (&mismatch.param, &mut mismatch.value));
        for (name, value) in params.chain(refused) {
            if page::is_secret(name) {
                request.hide(value, page::MASK);
                page::MASK.clone_into(value);
            }
        }
        let routes = match report.failure {
            Failure::Miss { .. } => self.routes_of(upstream).await,
            Failure::Rejection { .. } | Failure::Error { .. } | Failure::Panic { .. } => None,
        };
        let target = &self.status.borrow().target.clone();
        let mut incident = Incident::new(report, head, request, routes, target);
        self.cache
            .take_sources(&mut incident, upstream.attempt, target);
        Ok(incident)
    }

    /// Returns `true` if the app is built on gin-core.
    fn is_enabled(&self) -> bool {
        self.status.borrow().target.reports
    }

    /// Returns the header value that requests a report of a kind.
    fn request_for(&self, kind: &str) -> HeaderValue {
        let value = format!("{}{kind}", self.token.as_str());
        HeaderValue::try_from(value).expect("hexadecimal digits fit in a header")
    }
}

/// Reads a report. Returns `None` if it is too long or malformed.
async fn read<T: DeserializeOwned>(mut body: Body) -> Option<T> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let chunk = frame.ok()?.into_data().unwrap_or_default();
        if bytes.len() + chunk.len() > MAX_REPORT {
            return None;
        }
        bytes.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&bytes).ok()
}
