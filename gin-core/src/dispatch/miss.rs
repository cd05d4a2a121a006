//! Responses to requests that no route matches: 404, 405, a redirect, or a group's fallback.

use std::sync::Arc;

use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::failure::Problem;
use crate::future::BoxFuture;
use crate::handlers::Handler;
use crate::request::{Context, Outcome};
use crate::response::{IntoResponse, Redirect, Response, respond};

/// The handler of a group's misses, with the group's fallback if it has one.
pub(crate) struct Miss(pub(crate) Option<Arc<dyn Handler>>);

impl Handler for Miss {
    fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
        let response = match (cx.outcome(), &self.0) {
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
