//! What an app that is built on gin-core tells of itself, and to whom it is shown.
//!
//! The app was started with a token, and answers what bears it; its own answers bear it as well, so that nothing else that it
//! sends is taken for a report.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::header::{ALLOW, FORWARDED, HOST, RETRY_AFTER, SET_COOKIE, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri};
use http_body_util::BodyExt as _;
use hyper::client::conn::TrySendError;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::time::timeout;

use crate::incidents::{Fault, Incident, Report, Route, Routes};
use crate::page::{self, Format};
use crate::proxy::access::{Host, Refusal};
use crate::proxy::front::{Front, Visit, signed};
use crate::proxy::own::json_of;
use crate::proxy::records::{self, Trace};
use crate::proxy::streams::{Body, Error, full};
use crate::proxy::upstream::headers::{FORWARDED_FOR, REPORT, RUN};
use crate::proxy::upstream::{Connection, Upstream};
use crate::source::{Library, Sources};
use crate::state::Target;

/// The largest report, in octets.
const MAX_REPORT: usize = 4 << 20;

/// How long an app may take to tell.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a page that shows more than the routes waits for them.
const GLANCE: Duration = Duration::from_millis(100);

/// What a report's answer says besides, for the client: the methods it may use, when to come again, who it is.
const KEPT: [HeaderName; 4] = [ALLOW, RETRY_AFTER, SET_COOKIE, WWW_AUTHENTICATE];

/// What is kept of what apps told.
#[derive(Default)]
pub(crate) struct Told(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// The app that was asked for its routes last.
    asked: Option<Upstream>,
    /// What it told, unless it does not tell.
    routes: Option<Arc<[Route]>>,
    /// The files that pages of this build's reports show.
    files: (u64, Sources),
}

impl Kept {
    /// Forgets the files of another build.
    fn turn_to(&mut self, build: u64) {
        if self.files.0 != build {
            self.files = (build, Sources::default());
        }
    }
}

impl Told {
    /// The files that pages of this build's reports show.
    pub(crate) fn files(&self, build: u64) -> Sources {
        let kept = self.kept();
        let (of, files) = &kept.files;
        if *of == build {
            files.clone()
        } else {
            Sources::default()
        }
    }

    /// Adds the files that `incident` speaks of to those of this build, and to itself.
    fn take_sources(&self, incident: &mut Incident, build: u64, target: &Target) {
        let mut kept = self.kept();
        kept.turn_to(build);
        incident.take_sources(&mut kept.files.1, target);
    }

    /// The files that `routes` name, among those of this build's reports.
    pub(crate) fn files_of(&self, routes: &[Route], build: u64, target: &Target) -> Sources {
        let mut kept = self.kept();
        kept.turn_to(build);
        let library = Library::new(&target.root, &target.packages);
        let files = &mut kept.files.1;
        files.read(routes.iter().map(|route| route.file.as_str()), &library);
        files.clone()
    }

    fn has_asked(&self, app: Upstream) -> bool {
        self.kept().asked == Some(app)
    }

    fn routes(&self) -> Option<Arc<[Route]>> {
        self.kept().routes.clone()
    }

    fn keep_routes(&self, app: Upstream, routes: Option<Vec<Route>>) {
        let mut kept = self.kept();
        kept.asked = Some(app);
        kept.routes = routes.map(Arc::from);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Front {
    /// `GET /__gin/routes`: the app's routes, those it had last while there is none; null if it does not tell.
    pub(crate) async fn routes(&self) -> Response<Body> {
        let app = Upstream::of(&self.proxy.status.borrow());
        let routes = match app {
            Some(app) => self.routes_of(app).await,
            None => self.last_routes(),
        };
        json_of(&json!({ "routes": routes.as_deref() }))
    }

    /// The routes to show beside other things, which don't wait for an app that takes its time: those it had last, then.
    pub(crate) async fn routes_at_hand(&self) -> Option<Arc<[Route]>> {
        let app = Upstream::of(&self.proxy.status.borrow());
        let routes = match app {
            Some(app) => timeout(GLANCE, self.routes_of(app)).await.ok(),
            None => None,
        };
        routes.unwrap_or_else(|| self.last_routes())
    }

    fn last_routes(&self) -> Option<Arc<[Route]>> {
        self.told.routes().filter(|_| self.hears_reports())
    }

    /// The routes of an app, if it tells them. It is asked once.
    pub(crate) async fn routes_of(&self, app: Upstream) -> Option<Arc<[Route]>> {
        if self.hears_reports() && !self.told.has_asked(app) {
            let asked = timeout(PATIENCE, self.ask_for_routes(app)).await;
            // An app that did not answer at all may do so yet.
            self.told.keep_routes(app, asked.ok()?.ok()?);
        }
        self.last_routes()
    }

    /// What the app tells; nothing if it is no debug build.
    async fn ask_for_routes(&self, app: Upstream) -> anyhow::Result<Option<Vec<Route>>> {
        let mut request = Request::new(full(""));
        // RFC 9110 §9.3.7: of an app that does not know us this asks nothing of any of its routes.
        *request.method_mut() = Method::OPTIONS;
        *request.uri_mut() = Uri::from_static("*");
        let headers = request.headers_mut();
        headers.insert(HOST, HeaderValue::try_from(app.address.to_string())?);
        headers.insert(RUN, self.run.clone());
        headers.insert(REPORT, self.wish(" routes"));
        let mut connection = Connection::open(app, &self.tasks).await?;
        let response = connection.send(request).await;
        let response = response.map_err(TrySendError::into_error)?;
        if !self.is_report(&response) {
            return Ok(None);
        }
        let body = response.into_body().map_err(Error::from).boxed_unsync();
        let routes: Option<Routes> = read(body).await;
        Ok(routes.map(|told| told.routes))
    }

    /// What the app is asked with for a report, where whoever asks may read one: a person or a program on this machine.
    pub(crate) fn report_wish(
        &self,
        visit: &Visit,
        host: &Host,
        head: &Parts,
        format: Format,
    ) -> Option<HeaderValue> {
        if !self.hears_reports() || !is_here(visit.peer, host, &head.headers) {
            return None;
        }
        Some(self.wish(match format {
            Format::Html(_) => " page",
            Format::Problem | Format::Markdown | Format::Text(_) => "",
        }))
    }

    /// The page of what the app reports, in place of the answer that bears the report.
    pub(crate) async fn show_report(
        &self,
        app: Upstream,
        response: Response<Body>,
        trace: &Trace,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        let (head, body) = response.into_parts();
        let report = timeout(PATIENCE, read(body)).await;
        let mut report: Report = report.ok().flatten().ok_or(Refusal::Malformed)?;
        let request = trace.record().as_ref().map(records::request);
        let mut request = request.ok_or(Refusal::Malformed)?;
        for (name, value) in &mut report.params {
            if page::is_secret(name) {
                request.hide(value, page::MASK);
                page::MASK.clone_into(value);
            }
        }
        let routes = match report.fault {
            Fault::Miss => self.routes_of(app).await,
            Fault::Error { .. } | Fault::Panic { .. } => None,
        };
        let status = self.proxy.status.borrow().clone();
        let target = &status.target;
        let mut incident = Incident::new(report, &head, request, routes, target);
        self.told.take_sources(&mut incident, app.attempt, target);
        let mut page = signed(page::incident(&incident, &status, format), &status);
        for name in KEPT {
            for value in head.headers.get_all(&name) {
                page.headers_mut().append(&name, value.clone());
            }
        }
        Ok(page)
    }

    /// Did the app make this answer for us, rather than one of its handlers for the client?
    pub(crate) fn is_report<B>(&self, response: &Response<B>) -> bool {
        let token = response.headers().get(REPORT);
        token.is_some_and(|token| self.proxy.report.is(token.as_bytes()))
    }

    fn hears_reports(&self) -> bool {
        self.proxy.status.borrow().target.reports
    }

    fn wish(&self, what: &str) -> HeaderValue {
        let wish = format!("{}{what}", self.proxy.report.as_str());
        HeaderValue::try_from(wish).expect("hexadecimal digits fit in a header")
    }
}

/// Does a request come from this machine, as far as can be known? What another proxy here passes on may come from anywhere.
fn is_here(peer: IpAddr, host: &Host, headers: &HeaderMap) -> bool {
    let is_passed_on = headers.contains_key(FORWARDED) || headers.contains_key(FORWARDED_FOR);
    peer.to_canonical().is_loopback() && host.is_local() && !is_passed_on
}

/// What an app tells, if that can be read.
async fn read<T: DeserializeOwned>(mut body: Body) -> Option<T> {
    let mut octets = Vec::new();
    while let Some(frame) = body.frame().await {
        let chunk = frame.ok()?.into_data().unwrap_or_default();
        if octets.len() + chunk.len() > MAX_REPORT {
            return None;
        }
        octets.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&octets).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_here() {
        for (peer, host, field, expected) in [
            ("127.0.0.1", "localhost:3000", None, true),
            ("::1", "[::1]:3000", None, true),
            ("::ffff:127.0.0.1", "blog.localhost", None, true),
            ("192.168.1.5", "localhost:3000", None, false),
            ("192.168.1.5", "192.168.1.7:3000", None, false),
            ("::ffff:192.168.1.5", "localhost", None, false),
            ("127.0.0.1", "192.168.1.7:3000", None, false),
            ("127.0.0.1", "blog.example", None, false),
            ("127.0.0.1", "localhost", Some("x-forwarded-for"), false),
            ("127.0.0.1", "localhost", Some("forwarded"), false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(field) = field {
                headers.insert(field, HeaderValue::from_static("203.0.113.7"));
            }
            let found = is_here(peer.parse().unwrap(), &Host::parse(host).unwrap(), &headers);
            assert_eq!(found, expected, "{peer} {host} {field:?}");
        }
    }
}
