//! What the proxy itself serves: `/__gin/…`.

use http::header::{CONTENT_TYPE, HeaderName, LOCATION, ORIGIN};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};
use hyper::body::Incoming;

use crate::page::{self, Format, Seen};
use crate::proxy::access::{Host, Refusal, is_foreign, is_own};
use crate::proxy::front::{Front, Visit, sign, signed};
use crate::proxy::own::actions::json_of;
use crate::proxy::streams::{Body, full};
use crate::state::{Change, Event, Status};

/// Bears the run's token: from `GET /__gin/status` to a page of ours, and from there with every POST.
const TOKEN: HeaderName = HeaderName::from_static("x-gin-token");

/// What a page can have done, by a POST.
#[derive(Clone, Copy)]
enum Action {
    Rebuild,
    Fix,
    Undo,
    Open,
    Replay,
}

impl Action {
    /// What this endpoint does.
    fn of(path: &str) -> Option<Action> {
        Some(match path {
            "/rebuild" => Action::Rebuild,
            "/fix" => Action::Fix,
            "/undo" => Action::Undo,
            "/open" => Action::Open,
            "/replay" => Action::Replay,
            _ => return None,
        })
    }
}

impl Front {
    /// Answers for `/__gin` and `path` below it.
    pub(crate) async fn serve_own(
        &self,
        path: &str,
        visit: &Visit,
        head: &Parts,
        body: Incoming,
        host: &Host,
        format: Format,
    ) -> Response<Body> {
        let status = self.proxy.status.borrow().clone();
        let found = match Action::of(path) {
            None => self.show_own(path, &status, head, host, format).await,
            Some(action) => match self.acting(action, head, host) {
                Ok(()) => self.act(action, visit, body, format).await,
                Err(refusal) => Err(refusal),
            },
        };
        let mut response = match found {
            Ok(response) => response,
            Err(refusal) => self.refuse(refusal, format),
        };
        sign(&mut response, &status);
        response
    }

    /// A page or data of ours.
    async fn show_own(
        &self,
        path: &str,
        status: &Status,
        head: &Parts,
        host: &Host,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        let ours = || reading_from_here(head, host);
        let visited = || reading_or_visiting(head, host);
        let permitted = || self.reading(head, host);
        match path {
            "" => reading(head).map(|()| to_dashboard()),
            "/" => {
                visited()?;
                Ok(self.dashboard(status, host, format).await)
            }
            "/phase" => visited().map(|()| signed(page::phase(status, format), status)),
            "/status" => ours().map(|()| self.tell(status, host)),
            "/events" => ours().and_then(|()| self.events(&head.method, host)),
            "/history" => ours().map(|()| json_of(&page::history_json(status))),
            "/requests" => permitted().map(|()| self.requests()),
            "/routes" => {
                permitted()?;
                Ok(self.routes().await)
            }
            _ => match path.strip_prefix("/requests/") {
                Some(id) => permitted().and_then(|()| self.request(id, format)),
                None => Err(Refusal::NotFound),
            },
        }
    }

    /// A request that reads what tells of the app, or of what others asked.
    fn reading(&self, head: &Parts, host: &Host) -> Result<(), Refusal> {
        reading_from_here(head, host)?;
        self.proxy.rules.permit.check(host)
    }

    async fn act(
        &self,
        action: Action,
        visit: &Visit,
        body: Incoming,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        match action {
            Action::Rebuild => self.rebuild().await,
            Action::Fix => self.fix(body, format).await,
            Action::Undo => self.undo(body, format).await,
            Action::Open => self.open(body, format).await,
            Action::Replay => self.replay(visit, body, format).await,
        }
    }

    /// A request that does something: nobody but our own pages can have made it.
    fn acting(&self, action: Action, head: &Parts, host: &Host) -> Result<(), Refusal> {
        if head.method != Method::POST {
            return Err(Refusal::WrongMethod { allowed: "POST" });
        }
        let is_known = head
            .headers
            .get(TOKEN)
            .is_some_and(|token| self.token.is(token.as_bytes()));
        let is_other = is_foreign(&head.headers, host);
        if is_other || !is_own(&head.headers, host) || !is_known {
            return Err(Refusal::ForeignOrigin);
        }
        let media = head
            .headers
            .get(CONTENT_TYPE)
            .and_then(|media| media.to_str().ok());
        let media = media.and_then(|media| media.split(';').next());
        match media {
            Some(media) if media.trim().eq_ignore_ascii_case("application/json") => {}
            _ => return Err(Refusal::NotJson),
        }
        match action {
            Action::Rebuild => Ok(()),
            _ => self.proxy.rules.permit.check(host),
        }
    }

    /// The dashboard for a person, and the phase for everybody else.
    async fn dashboard(&self, status: &Status, host: &Host, format: Format) -> Response<Body> {
        let Format::Html(_) = format else {
            return signed(page::phase(status, format), status);
        };
        if let Err(refusal) = self.proxy.rules.permit.check(host) {
            return signed(page::dashboard(status, Err(refusal.detail())), status);
        }
        let routes = self.routes_at_hand().await;
        let routes = routes.as_deref();
        let files = self
            .told
            .files_of(routes.unwrap_or_default(), status.attempt, &status.target);
        let seen = Seen {
            requests: &self.exchanges(),
            routes,
            files: &files,
        };
        signed(page::dashboard(status, Ok(seen)), status)
    }

    /// The status as JSON, and the token with it: no other site can read either.
    fn tell(&self, status: &Status, host: &Host) -> Response<Body> {
        let mut status = page::status_json(status);
        status["actions"] = self.actions(host).told();
        let mut response = Response::new(full(status.to_string()));
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        let token = HeaderValue::from_str(self.token.as_str());
        let token = token.expect("hexadecimal digits fit in a header");
        response.headers_mut().insert(TOKEN, token);
        response
    }

    async fn rebuild(&self) -> Result<Response<Body>, Refusal> {
        let event = Event::Change(Change::requested());
        self.proxy
            .events
            .send(event)
            .await
            .map_err(|_| Refusal::ShuttingDown)?;
        let mut response = Response::new(full(""));
        *response.status_mut() = StatusCode::ACCEPTED;
        Ok(response)
    }
}

fn reading(head: &Parts) -> Result<(), Refusal> {
    match head.method {
        Method::GET | Method::HEAD => Ok(()),
        _ => Err(Refusal::WrongMethod {
            allowed: "GET, HEAD",
        }),
    }
}

/// A request that reads what is for our own pages, and for those who are no browser.
fn reading_from_here(head: &Parts, host: &Host) -> Result<(), Refusal> {
    reading(head)?;
    if is_foreign(&head.headers, host) {
        return Err(Refusal::ForeignOrigin);
    }
    Ok(())
}

/// The same, or a person who follows another site's link in a tab: that site learns nothing of what is shown there.
fn reading_or_visiting(head: &Parts, host: &Host) -> Result<(), Refusal> {
    let destination = head.headers.get("sec-fetch-dest");
    let is_tab = destination.is_some_and(|destination| destination == "document");
    match reading_from_here(head, host) {
        Err(Refusal::ForeignOrigin) if is_tab && !head.headers.contains_key(ORIGIN) => Ok(()),
        read => read,
    }
}

fn to_dashboard() -> Response<Body> {
    let mut response = Response::new(full(""));
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    let dashboard = HeaderValue::from_static("/__gin/");
    response.headers_mut().insert(LOCATION, dashboard);
    response
}
