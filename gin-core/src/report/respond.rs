//! The response to a request of the dev server: the app's own, unless there is something to report.

use http::{HeaderValue, Method, header};
use serde_json::Value;

use crate::dispatch::Engine;
use crate::failure::Problem;
use crate::report::facts;
use crate::report::request::{REPORT, ReportRequest, token_of_process};
use crate::request::{Context, Outcome};
use crate::response::Response;

const MEDIA: HeaderValue = HeaderValue::from_static("application/vnd.gin.report+json");

/// Responds to a request. The dev server gets a report if it requested one and there is something to report.
pub(crate) async fn respond(engine: &Engine, cx: &mut Context) -> Response {
    let request = ReportRequest::take(cx.headers_mut());
    if request == Some(ReportRequest::Routes) {
        return report(Response::default(), &facts::routes(engine));
    }
    let endpoint = engine.receive(cx).await;
    let response = endpoint.respond(cx).await;
    let facts = request.and_then(|request| reported(engine, cx, &response, request));
    match facts {
        Some(facts) => report(response, &facts),
        None => response,
    }
}

/// Returns the report on `response`, if there is something to report.
fn reported(
    engine: &Engine,
    cx: &Context,
    response: &Response,
    request: ReportRequest,
) -> Option<Value> {
    let problem = Problem::of(response)?;
    // A middleware that changed the response has its reasons.
    let is_unchanged = response.status() == problem.status() && cx.method() != Method::HEAD;
    if !is_unchanged || (has_error_hook(cx) && request != ReportRequest::Page) {
        return None;
    }
    match cx.outcome() {
        Outcome::NotFound | Outcome::NotAllowed(_) if is_bare(problem) && !has_error_hook(cx) => {
            Some(facts::miss(cx, problem))
        }
        Outcome::Refused(_) => None,
        _ if problem.status().is_server_error() => Some(facts::failure(engine, cx, problem)),
        _ => None,
    }
}

/// Returns `true` if the app renders problems itself.
fn has_error_hook(cx: &Context) -> bool {
    cx.scope().on_error().is_some()
}

/// Returns `true` if the problem has nothing but a status, as the engine's own 404 and 405.
fn is_bare(problem: &Problem) -> bool {
    problem.detail_text().is_none() && problem.fields().is_empty() && problem.cause().is_none()
}

/// Replaces the body of `response` with `facts`, and adds the token by which the dev server knows that it is a report.
fn report(mut response: Response, facts: &Value) -> Response {
    *response.body_mut() = facts.to_string().into();
    let headers = response.headers_mut();
    for stale in [
        header::CONTENT_ENCODING,
        header::CONTENT_LENGTH,
        header::ETAG,
        header::LAST_MODIFIED,
    ] {
        headers.remove(stale);
    }
    headers.insert(header::CONTENT_TYPE, MEDIA);
    if let Some(token) = token_of_process() {
        headers.insert(REPORT, token.clone());
    }
    response
}
