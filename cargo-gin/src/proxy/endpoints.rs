//! What the proxy itself serves: `/__gin/…`.

use http::header::{CONTENT_TYPE, HeaderName, LOCATION};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};
use hyper::body::Incoming;

use super::body::{Body, full};
use super::front::{Front, sign, signed};
use super::host::Host;
use super::origin;
use super::refusal::Refusal;
use crate::change::{Change, Event};
use crate::page::{self, Format};
use crate::phase::Status;

/// Bears the run's token: from `GET /__gin/status` to a page of ours, and from there with every POST.
const TOKEN: HeaderName = HeaderName::from_static("x-gin-token");

impl Front {
    /// Answers for `/__gin` and `path` below it.
    pub(super) async fn serve_own(
        &self,
        path: &str,
        head: &Parts,
        body: Incoming,
        host: &Host,
        format: Format,
    ) -> Response<Body> {
        let status = self.proxy.status.borrow().clone();
        let found = match path {
            "" => reading(head).map(|()| to_dashboard()),
            "/" => reading(head).map(|()| signed(page::dashboard(&status, format), &status)),
            "/status" => reading_from_here(head, host).map(|()| self.tell(&status)),
            "/events" => reading_from_here(head, host).and_then(|()| self.events(&head.method)),
            "/rebuild" => match self.acting(head, host) {
                Ok(()) => self.rebuild().await,
                Err(refusal) => Err(refusal),
            },
            "/fix" | "/undo" | "/open" => match self.acting_here(head, host) {
                Ok(()) => self.act(path, body, format).await,
                Err(refusal) => Err(refusal),
            },
            _ => Err(Refusal::NotFound),
        };
        let mut response = match found {
            Ok(response) => response,
            Err(refusal) => self.refuse(refusal, format),
        };
        sign(&mut response, &status);
        response
    }

    /// A request that does something: nobody but our own pages can have made it.
    fn acting(&self, head: &Parts, host: &Host) -> Result<(), Refusal> {
        if head.method != Method::POST {
            return Err(Refusal::WrongMethod { allowed: "POST" });
        }
        let is_known = head
            .headers
            .get(TOKEN)
            .is_some_and(|token| self.token.is(token.as_bytes()));
        let is_foreign = origin::is_foreign(&head.headers, host);
        if is_foreign || !origin::is_own(&head.headers, host) || !is_known {
            return Err(Refusal::ForeignOrigin);
        }
        let media = head
            .headers
            .get(CONTENT_TYPE)
            .and_then(|media| media.to_str().ok());
        let media = media.and_then(|media| media.split(';').next());
        match media {
            Some(media) if media.trim().eq_ignore_ascii_case("application/json") => Ok(()),
            _ => Err(Refusal::NotJson),
        }
    }

    /// A request that does something on this machine, beyond a rebuild.
    fn acting_here(&self, head: &Parts, host: &Host) -> Result<(), Refusal> {
        self.acting(head, host)?;
        self.proxy.permit.allows(host)
    }

    async fn act(
        &self,
        path: &str,
        body: Incoming,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        match path {
            "/fix" => self.fix(body, format).await,
            "/undo" => self.undo(body, format).await,
            "/open" => self.open(body, format).await,
            _ => Err(Refusal::NotFound),
        }
    }

    /// The status as JSON, and the token with it: no other site can read either.
    fn tell(&self, status: &Status) -> Response<Body> {
        let status = page::status_json(status);
        let mut response = Response::new(full(status.to_string()));
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        let token = HeaderValue::from_str(self.token.as_str());
        let token = token.expect("hexadecimal digits fit in a header");
        response.headers_mut().insert(TOKEN, token);
        response
    }

    async fn rebuild(&self) -> Result<Response<Body>, Refusal> {
        let event = Event::Change(Change::asked());
        self.proxy
            .events
            .send(event)
            .await
            .map_err(|_| Refusal::Ending)?;
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
    if origin::is_foreign(&head.headers, host) {
        return Err(Refusal::ForeignOrigin);
    }
    Ok(())
}

fn to_dashboard() -> Response<Body> {
    let mut response = Response::new(full(""));
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    let dashboard = HeaderValue::from_static("/__gin/");
    response.headers_mut().insert(LOCATION, dashboard);
    response
}
