//! The routes of `/__gin/…`, and who may use them.

use std::sync::Arc;

use http::header::{CONTENT_TYPE, HeaderName, LOCATION, ORIGIN};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode, Uri};
use hyper::body::Incoming;
use serde_json::json;
use tokio::sync::watch;

use crate::page::{self, Format, Seen};
use crate::proxy::access::{Permit, Refusal, Token, Visitor, is_foreign, is_own};
use crate::proxy::client::Client;
use crate::proxy::own::actions::Actions;
use crate::proxy::own::events::EventStreams;
use crate::proxy::own::requests::RecordedRequests;
use crate::proxy::reports::Reports;
use crate::proxy::response;
use crate::proxy::streams::{Body, full};
use crate::state::{Cause, Change, Freshness, Sides, Status};

/// The field of the run's token. A page of the proxy gets it from `GET /__gin/status`, and sends it with every POST.
const TOKEN: HeaderName = HeaderName::from_static("x-gin-token");

/// The proxy's own endpoints.
pub(crate) struct Endpoints {
    pub(crate) status: watch::Receiver<Status>,
    pub(crate) sides: Sides,
    /// Waits until the phase reflects every save before a call.
    pub(crate) fresh: Freshness,
    /// The token that the proxy's own pages authenticate with.
    pub(crate) token: Token,
    pub(crate) permit: Permit,
    pub(crate) actions: Actions,
    pub(crate) events: EventStreams,
    pub(crate) requests: RecordedRequests,
    pub(crate) reports: Arc<Reports>,
}

/// The action of a POST.
#[derive(Clone, Copy)]
enum Action {
    Rebuild,
    Restart,
    Fix,
    Undo,
    Open,
    Replay,
    Remedy,
    Compare,
    Clear,
}

impl Action {
    /// Returns the action of an endpoint, if it is one for POST.
    fn of(path: &str) -> Option<Action> {
        Some(match path {
            "/rebuild" => Action::Rebuild,
            "/restart" => Action::Restart,
            "/fix" => Action::Fix,
            "/undo" => Action::Undo,
            "/open" => Action::Open,
            "/replay" => Action::Replay,
            "/remedy" => Action::Remedy,
            "/compare" => Action::Compare,
            "/clear" => Action::Clear,
            _ => return None,
        })
    }
}

/// Returns the path below `/__gin`, if the target is an endpoint of the proxy.
pub(crate) fn path(target: &Uri) -> Option<&str> {
    let rest = target.path().strip_prefix("/__gin")?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

impl Endpoints {
    /// Responds to a request for `path` below `/__gin`.
    pub(crate) async fn respond(
        &self,
        path: &str,
        client: &Client,
        head: &Parts,
        body: Incoming,
        visitor: &Visitor,
        format: Format,
    ) -> Response<Body> {
        let status = self.status.borrow().clone();
        let result = match Action::of(path) {
            None if path == "/mcp" => self.mcp(client, head, body, visitor).await,
            None => self.show(path, &status, head, visitor, format).await,
            Some(action) => match self.check(action, head, visitor) {
                Ok(()) => self.act(action, client, visitor, body, format).await,
                Err(refusal) => Err(refusal),
            },
        };
        let mut response = match result {
            Ok(response) => response,
            Err(refusal) => response::refusal(refusal, &self.status.borrow(), format),
        };
        response::mark(&mut response, &status);
        response
    }

    /// Returns a page or data.
    async fn show(
        &self,
        path: &str,
        status: &Status,
        head: &Parts,
        visitor: &Visitor,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        let read = || check_read(head, visitor);
        let read_or_visit = || check_read_or_visit(head, visitor);
        let permitted = || {
            check_read(head, visitor)?;
            self.permit.check(visitor)
        };
        match path {
            "" => check_method(head).map(|()| to_dashboard()),
            "/" => {
                read_or_visit()?;
                Ok(self.dashboard(status, visitor, format).await)
            }
            "/phase" => {
                read_or_visit()?;
                Ok(response::page(page::phase(status, format), status))
            }
            "/panel" => read().map(|()| response::json(&page::panel_json(status))),
            "/status" => read().map(|()| self.status(status, visitor)),
            "/events" => {
                read()?;
                self.events.open(&head.method, self.actions.offer(visitor))
            }
            "/history" => read().map(|()| response::json(&page::history_json(status))),
            "/comparison" => permitted().map(|()| self.requests.compared()),
            "/requests" => permitted().map(|()| self.requests.list()),
            "/remedies" => {
                permitted()?;
                Ok(self.actions.remedies().await)
            }
            "/routes" => {
                permitted()?;
                let routes = self.reports.routes().await;
                Ok(response::json(&json!({ "routes": routes.as_deref() })))
            }
            _ => {
                if let Some(id) = path.strip_prefix("/requests/") {
                    permitted()?;
                    return match id.strip_suffix("/incident") {
                        Some(id) => self.requests.incident(id, format),
                        None => self.requests.show(id, visitor, format),
                    };
                }
                match path.rsplit_once('/') {
                    Some((build, id)) if build.starts_with("/diagnostics/") => {
                        read_or_visit()?;
                        diagnostic(status, build, id, format)
                    }
                    _ => Err(Refusal::NotFound),
                }
            }
        }
    }

    async fn act(
        &self,
        action: Action,
        client: &Client,
        visitor: &Visitor,
        body: Incoming,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        match action {
            Action::Rebuild => self.actions.cause(Change::requested()).await,
            Action::Restart => {
                let change = Change::restart(Cause::RestartRequested);
                self.actions.cause(change).await
            }
            Action::Fix => self.actions.fix(body, format).await,
            Action::Undo => self.actions.undo(body, format).await,
            Action::Open => self.actions.open(body, format).await,
            Action::Remedy => self.actions.remedy(body, format).await,
            Action::Replay => self.requests.replay(client, visitor, body, format).await,
            Action::Compare => match self.requests.compare(client, visitor).await {
                Ok(response) => Ok(response),
                Err(reason) => self.requests.explain(reason, format),
            },
            Action::Clear => Ok(self.requests.clear()),
        }
    }

    /// Checks that a page of the proxy sent the request, and that the action is permitted.
    fn check(&self, action: Action, head: &Parts, visitor: &Visitor) -> Result<(), Refusal> {
        if head.method != Method::POST {
            return Err(Refusal::WrongMethod { allowed: "POST" });
        }
        let own = &visitor.origin;
        let has_token = head
            .headers
            .get(TOKEN)
            .is_some_and(|token| self.token.is(token.as_bytes()));
        if is_foreign(&head.headers, own) || !is_own(&head.headers, own) || !has_token {
            return Err(foreign_origin(visitor));
        }
        check_json(head)?;
        match action {
            Action::Rebuild => Ok(()),
            _ => self.permit.check(visitor),
        }
    }

    /// Returns the dashboard as HTML, or the phase in any other format.
    async fn dashboard(
        &self,
        status: &Status,
        visitor: &Visitor,
        format: Format,
    ) -> Response<Body> {
        let Format::Html(_) = format else {
            return response::page(page::phase(status, format), status);
        };
        if let Err(refusal) = self.permit.check(visitor) {
            return response::page(page::dashboard(status, Err(refusal.detail())), status);
        }
        let routes = self.reports.routes_at_hand().await;
        let routes = routes.as_deref();
        let files =
            self.reports
                .files_of(routes.unwrap_or_default(), status.attempt, &status.target);
        let url = visitor.origin.to_string();
        let seen = Seen {
            url: &url,
            requests: &self.requests.exchanges(),
            routes,
            files: &files,
        };
        response::page(page::dashboard(status, Ok(seen)), status)
    }

    /// Returns the status as JSON, and the token with it. Other sites can read neither.
    fn status(&self, status: &Status, visitor: &Visitor) -> Response<Body> {
        let mut status = page::status_json(status);
        status["actions"] = self.actions.offer(visitor).json();
        status["with"] = page::sides_json(&self.sides);
        let mut response = response::json(&status);
        response.headers_mut().insert(TOKEN, self.token.to_header());
        response
    }
}

/// Returns the whole text of a diagnostic of this build.
fn diagnostic(
    status: &Status,
    build: &str,
    id: &str,
    format: Format,
) -> Result<Response<Body>, Refusal> {
    let build = build.strip_prefix("/diagnostics/");
    let is_shown = build.and_then(|build| build.parse().ok()) == Some(status.attempt);
    let id = id.parse().ok().filter(|_| is_shown);
    let page = id.and_then(|id| page::whole(status, id, format));
    page.map(|page| response::page(page, status))
        .ok_or(Refusal::NoSuchId)
}

fn check_method(head: &Parts) -> Result<(), Refusal> {
    match head.method {
        Method::GET | Method::HEAD => Ok(()),
        _ => Err(Refusal::WrongMethod {
            allowed: "GET, HEAD",
        }),
    }
}

/// Checks that a page of the proxy, or a program other than a browser, sent a request that reads.
fn check_read(head: &Parts, visitor: &Visitor) -> Result<(), Refusal> {
    check_method(head)?;
    if is_foreign(&head.headers, &visitor.origin) {
        return Err(foreign_origin(visitor));
    }
    Ok(())
}

/// Checks that the body is JSON. A form of another site cannot send this type without a preflight request.
pub(super) fn check_json(head: &Parts) -> Result<(), Refusal> {
    let media = head.headers.get(CONTENT_TYPE);
    let media = media.and_then(|media| media.to_str().ok());
    match media.and_then(|media| media.split(';').next()) {
        Some(media) if media.trim().eq_ignore_ascii_case("application/json") => Ok(()),
        _ => Err(Refusal::NotJson),
    }
}

pub(super) fn foreign_origin(visitor: &Visitor) -> Refusal {
    if visitor.came_by_unknown_proxy() {
        Refusal::ForeignOriginOfProxy
    } else {
        Refusal::ForeignOrigin
    }
}

/// The same, but a user may also follow a link of another site in a tab: that site cannot read the page.
fn check_read_or_visit(head: &Parts, visitor: &Visitor) -> Result<(), Refusal> {
    let destination = head.headers.get("sec-fetch-dest");
    let is_tab = destination.is_some_and(|destination| destination == "document");
    match check_read(head, visitor) {
        Err(Refusal::ForeignOrigin | Refusal::ForeignOriginOfProxy)
            if is_tab && !head.headers.contains_key(ORIGIN) =>
        {
            Ok(())
        }
        checked => checked,
    }
}

fn to_dashboard() -> Response<Body> {
    let mut response = Response::new(full(""));
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    let dashboard = HeaderValue::from_static("/__gin/");
    response.headers_mut().insert(LOCATION, dashboard);
    response
}
