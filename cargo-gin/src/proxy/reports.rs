//! What an app that is built on gin-core tells of itself, and to whom it is shown.
//!
//! The app was started with a token, and answers what bears it; its own answers bear it as well, so that nothing else that it
//! sends is taken for a report.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::header::HOST;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::time::timeout;

use super::actions::json_of;
use super::body::{Body, Upload};
use super::front::Front;
use super::headers::{REPORT, RUN};
use super::lane::{App, Lane};
use crate::report::{Route, Routes};

/// The largest report, in octets.
const MAX_REPORT: usize = 4 << 20;

/// How long an app may take to tell its routes.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a page that shows more than the routes waits for them.
const GLANCE: Duration = Duration::from_millis(100);

/// The routes that the app told last.
#[derive(Default)]
pub(super) struct Told(Mutex<Option<(App, Arc<[Route]>)>>);

impl Told {
    fn of(&self, app: App) -> Option<Arc<[Route]>> {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.as_ref()
            .filter(|(of, _)| *of == app)
            .map(|(_, routes)| routes.clone())
    }

    fn last(&self) -> Option<Arc<[Route]>> {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.as_ref().map(|(_, routes)| routes.clone())
    }

    fn keep(&self, app: App, routes: &Arc<[Route]>) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *told = Some((app, routes.clone()));
    }
}

impl Front {
    /// `GET /__gin/routes`: the app's routes, those it had last while there is none; null if it does not tell.
    pub(super) async fn routes(&self) -> Response<Body> {
        let app = App::of(&self.proxy.status.borrow());
        let routes = match app {
            Some(app) => self.routes_of(app).await,
            None => self.last_routes(),
        };
        json_of(&json!({ "routes": routes.as_deref() }))
    }

    /// The routes to show beside other things, which don't wait for an app that takes its time: those it had last, then.
    pub(super) async fn routes_at_hand(&self) -> Option<Arc<[Route]>> {
        let app = App::of(&self.proxy.status.borrow());
        let routes = match app {
            Some(app) => timeout(GLANCE, self.routes_of(app)).await.ok(),
            None => None,
        };
        routes.unwrap_or_else(|| self.last_routes())
    }

    fn last_routes(&self) -> Option<Arc<[Route]>> {
        self.told.last().filter(|_| self.hears_reports())
    }

    /// The routes of an app, if it tells them.
    pub(super) async fn routes_of(&self, app: App) -> Option<Arc<[Route]>> {
        if !self.hears_reports() {
            return None;
        }
        if let Some(routes) = self.told.of(app) {
            return Some(routes);
        }
        let asked = timeout(PATIENCE, self.ask_for_routes(app)).await;
        let routes: Arc<[Route]> = asked.ok().flatten()?.into();
        self.told.keep(app, &routes);
        Some(routes)
    }

    async fn ask_for_routes(&self, app: App) -> Option<Vec<Route>> {
        let mut request = Request::new(Upload::Empty);
        let headers = request.headers_mut();
        let host = HeaderValue::try_from(app.address.to_string());
        headers.insert(HOST, host.ok()?);
        headers.insert(RUN, self.run.clone());
        headers.insert(REPORT, self.wish(" routes"));
        let mut lane = Lane::open(app, &self.tasks).await.ok()?;
        let response = lane.send(request).await.ok()?;
        if !self.is_report(&response) {
            return None;
        }
        let Routes { routes } = read(response.into_body()).await?;
        Some(routes)
    }

    /// Did the app make this answer for us, rather than one of its handlers for the client?
    pub(super) fn is_report<B>(&self, response: &Response<B>) -> bool {
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

/// What an app tells, if that can be read.
async fn read<T: DeserializeOwned>(body: Incoming) -> Option<T> {
    let body = Limited::new(body, MAX_REPORT).collect().await.ok()?;
    serde_json::from_slice(&body.to_bytes()).ok()
}
