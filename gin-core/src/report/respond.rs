//! The response to a request of the dev server: the app's own, unless there is something to report.

use http::{HeaderValue, Method, StatusCode, header};
use serde_json::Value;

use crate::dispatch::Engine;
use crate::failure::Problem;
use crate::handlers::Rejected;
use crate::middleware::Measurement;
use crate::report::request::{REPORT, ReportRequest, token_of_process};
use crate::report::{circumstances, facts};
use crate::request::{Context, Outcome};
use crate::response::Response;

const MEDIA: HeaderValue = HeaderValue::from_static("application/vnd.gin.report+json");

/// Responds to a request. The dev server gets a report if it requested one and there is something to report.
pub(crate) async fn respond(engine: &Engine, cx: &mut Context) -> Response {
    let request = ReportRequest::take(cx.headers_mut());
    if request == Some(ReportRequest::Routes) {
        return report(Response::default(), &facts::routes(engine));
    }
    let measurement = request.and_then(|_| Measurement::begin(cx));
    let endpoint = engine.receive(cx).await;
    let mut response = endpoint.respond(cx).await;
    let facts = request.and_then(|request| reported(engine, cx, &response, request));
    if let Some(measurement) = measurement {
        measurement.end(cx, &mut response);
    }
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
    if !is_unchanged {
        return None;
    }
    let is_own = has_error_hook(cx);
    let (mut facts, view) = match cx.outcome() {
        Outcome::NotFound | Outcome::NotAllowed(_) if is_bare(problem) && !is_own => {
            (facts::miss(engine, cx, problem), View::Report)
        }
        Outcome::Refused(_) => return None,
        _ if problem.status().is_server_error() => {
            let is_shown = !is_own || request == ReportRequest::Page;
            (facts::failure(engine, cx, problem), View::of(is_shown))
        }
        Outcome::Matched if is_rejection(cx, problem) => {
            let is_shown = !is_own && request == ReportRequest::Page;
            (facts::rejection(engine, cx, problem), View::of(is_shown))
        }
        _ => return None,
    };
    circumstances::add(&mut facts, cx, response);
    if view == View::Answer {
        // The client gets the app's response after all, so the report must have all of it.
        facts.get("answer")?;
        facts["view"] = "answer".into();
    }
    Some(facts)
}

/// The part of a report that its client sees.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    /// The report, in place of the response.
    Report,
    /// The response. The report is about it.
    Answer,
}

impl View {
    fn of(is_report: bool) -> View {
        if is_report {
            View::Report
        } else {
            View::Answer
        }
    }
}

/// Returns `true` if gin itself refused the request. An app that returns a 4xx means it.
fn is_rejection(cx: &Context, problem: &Problem) -> bool {
    let is_of_argument = cx.get::<Rejected>().is_some();
    // A file that does not exist is 404 as well, and is not a mistake of a request.
    let is_of_gin = problem.place().is_none() && problem.status() != StatusCode::NOT_FOUND;
    problem.status().is_client_error() && (is_of_argument || is_of_gin)
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
