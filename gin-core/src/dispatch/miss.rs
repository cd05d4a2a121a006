//! Responses to requests that no route matches: what is mounted, a group's fallback, 404, 405, or a redirect.

use std::sync::Arc;

use http::{HeaderName, HeaderValue, Method, StatusCode, header};

use crate::app::Mounted;
use crate::failure::Problem;
use crate::future::BoxFuture;
use crate::handlers::Handler;
use crate::request::{Context, Outcome};
use crate::response::{IntoResponse, Redirect, Response, respond};

/// The handler of a group's misses: what is mounted, then the group's fallback if it has one.
pub(crate) struct Miss {
    /// Those with longer prefixes first.
    pub(crate) mounts: Vec<Mounted>,
    pub(crate) fallback: Option<Arc<dyn Handler>>,
}

impl Handler for Miss {
    fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
        if self.mounts.is_empty() || !is_for_mounts(cx) {
            return self.miss(cx);
        }
        Box::pin(async move {
            match self.mounted(cx).await {
                Some(response) => respond(cx, response),
                None => self.miss(cx).await,
            }
        })
    }
}

impl Miss {
    /// Returns the response of the first mount that has one.
    async fn mounted(&self, cx: &mut Context) -> Option<Response> {
        let path = cx.path().to_owned();
        for mounted in &self.mounts {
            let Some(visit) = mounted.visit(&path) else {
                continue;
            };
            let response = mounted.mount.source.respond(cx, visit).await;
            if response.is_some() {
                return response;
            }
        }
        None
    }

    fn miss<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
        let response = match (cx.outcome(), &self.fallback) {
            (Outcome::NotFound, Some(fallback)) => return fallback.call(cx),
            (Outcome::Matched | Outcome::NotFound, _) => Problem::new(404).into_response(),
            (Outcome::NotAllowed(allow), _) => not_allowed(allow.clone()),
            (Outcome::Options(allow), _) => options(allow.clone()),
            (Outcome::Redirect(status, path), _) => {
                redirect(*status, cx.external_path(path), cx.query_string())
            }
            (Outcome::Refused(problem), _) => problem.clone().into_response(),
            (Outcome::Malformed, _) => Problem::new(400)
                .detail("the path is not percent-encoded correctly")
                .into_response(),
        };
        Box::pin(async move { respond(cx, response) })
    }
}

/// Returns `true` if no route is meant. A page and the form that it sends may share a path: then the routes are for other methods.
fn is_for_mounts(cx: &Context) -> bool {
    match cx.outcome() {
        Outcome::NotFound => true,
        Outcome::NotAllowed(_) => matches!(*cx.method(), Method::GET | Method::HEAD),
        Outcome::Matched
        | Outcome::Options(_)
        | Outcome::Redirect(..)
        | Outcome::Refused(_)
        | Outcome::Malformed => false,
    }
}

fn not_allowed(allow: HeaderValue) -> Response {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED)
        .header(header::ALLOW, allow)
        .into_response()
}

fn options(allow: HeaderValue) -> Response {
    with_header(StatusCode::NO_CONTENT, header::ALLOW, allow)
}

fn with_header(status: StatusCode, name: HeaderName, value: HeaderValue) -> Response {
    let mut response = status.into_response();
    response.headers_mut().insert(name, value);
    response
}

fn redirect(status: StatusCode, path: String, query: &str) -> Response {
    let location = match query {
        "" => path,
        query => format!("{path}?{query}"),
    };
    Redirect::with(status, location).into_response()
}
