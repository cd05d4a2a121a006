//! The answer to a request of the dev server's: the app's own, unless there is something to report.

use http::{HeaderValue, Method, header};
use serde_json::Value;

use crate::dispatch::Engine;
use crate::failure::Problem;
use crate::report::facts;
use crate::report::request::{REPORT, ReportRequest, token_of_process};
use crate::request::{Context, Outcome};
use crate::response::Response;

const MEDIA: HeaderValue = HeaderValue::from_static("application/vnd.gin.report+json");

/// Answers the request that `cx` holds; the dev server gets a report where it asks for one and there is one.
pub(crate) async fn respond(engine: &Engine, cx: &mut Context) -> Response {
    let request = ReportRequest::take(cx.headers_mut());
    if request == Some(ReportRequest::Routes) {
        return report(Response::default(), &facts::routes(engine));
    }
    let endpoint = engine.admit(cx);
    let response = endpoint.answer(cx).await;
    let facts = request.and_then(|request| reported(engine, cx, &response, request));
    match facts {
        Some(facts) => report(response, &facts),
        None => response,
    }
}

/// What there is to report of `response`.
fn reported(
    engine: &Engine,
    cx: &Context,
    response: &Response,
    request: ReportRequest,
) -> Option<Value> {
    let problem = Problem::of(response)?;
    // A middleware that made something else of it has its reasons.
    let is_as_it_was = response.status() == problem.status() && cx.method() != Method::HEAD;
    if !is_as_it_was || (has_words(cx) && request != ReportRequest::Page) {
        return None;
    }
    match cx.outcome() {
        Outcome::NotFound | Outcome::NotAllowed(_) if is_bare(problem) && !has_words(cx) => {
            Some(facts::miss(cx, problem))
        }
        Outcome::Refused(_) => None,
        _ if problem.status().is_server_error() => Some(facts::failure(engine, cx, problem)),
        _ => None,
    }
}

/// Does the app put problems into words of its own?
fn has_words(cx: &Context) -> bool {
    cx.scope().on_error().is_some()
}

/// Is there nothing but the status? Then it is what the engine says of a miss, or no more than that.
fn is_bare(problem: &Problem) -> bool {
    problem.detail_text().is_none() && problem.fields().is_empty() && problem.cause().is_none()
}

/// `response` with `facts` as its body, and the token by which the dev server knows that it is a report.
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
