//! The last step of every handler and middleware: a problem gets the shape that this request accepts.

use std::fmt::Write;

use http::header::VARY;
use http::{HeaderValue, StatusCode};

use crate::failure::{Problem, catch_panic};
use crate::request::Context;
use crate::response::accept::{Accept, Fit};
use crate::response::deferred::{complete, complete_unprepared};
use crate::response::into_response::typed;
use crate::response::{Html, IntoResponse, Response, is_json};

/// Turns a returned value into the response to this request.
pub(crate) fn respond<T: IntoResponse>(cx: &mut Context, output: T) -> Response {
    let mut response = output.into_response();
    settle(cx, &mut response);
    response
}

/// Makes the deferred response that `response` may carry, and gives a problem its shape. Any other response stays as it is.
#[inline]
pub(crate) fn settle(cx: &mut Context, response: &mut Response) {
    // Almost every body is made.
    if !response.body().is_made() {
        make(cx, response);
    }
}

#[cold]
fn make(cx: &mut Context, response: &mut Response) {
    complete(cx, response);
    if let Some(problem) = response.body_mut().take_problem() {
        *response = describe(cx, problem);
    }
}

fn describe(cx: &mut Context, problem: Problem) -> Response {
    let problem = match mapped(cx, problem) {
        Mapped::Problem(problem) => problem,
        Mapped::Response(response) => return response,
    };
    let problem = worded(cx, problem);
    let (mut response, problem) = shape(cx, problem);
    for (name, value) in problem.headers() {
        let mut own = response.headers().get_all(name).iter();
        if own.all(|own| own != value) {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
    response.extensions_mut().insert(problem);
    response
}

/// A problem, or the response that a group gives to the error behind it.
enum Mapped {
    Problem(Problem),
    Response(Response),
}

fn mapped(cx: &mut Context, problem: Problem) -> Mapped {
    let map = &cx.scope().error_map;
    // An error that was given another status by name keeps it.
    let is_open = problem.status() == StatusCode::INTERNAL_SERVER_ERROR && !map.is_empty();
    let Some(cause) = problem.cause().filter(|_| is_open) else {
        return Mapped::Problem(problem);
    };
    let mut response = match catch_panic(|| map.response(cause)) {
        Ok(Some(response)) => response,
        Ok(None) => return Mapped::Problem(problem),
        Err(panic) => return Mapped::Problem(panic.into()),
    };
    complete_unprepared(cx, &mut response);
    if let Some(own) = response.body_mut().take_problem() {
        return Mapped::Problem(own.or_cause_of(&problem));
    }
    // For the log: the status is the response's, the cause is the error's.
    let problem = problem.status_of(response.status());
    response.extensions_mut().insert(problem);
    Mapped::Response(response)
}

/// Gives the fields the messages of the group's hook. A hook that panics makes a problem of its own.
fn worded(cx: &Context, mut problem: Problem) -> Problem {
    let Some(hook) = cx.scope().messages.clone() else {
        return problem;
    };
    let replaced = catch_panic(|| {
        for error in problem.fields_mut() {
            if let Some(message) = hook(error, cx) {
                error.message = message;
            }
        }
    });
    replaced.map_or_else(Problem::from, |()| problem)
}

/// Returns the response and the problem that it reports: `problem`, or the panic of the hook that shapes it. After the end of a
/// chain, nothing else would catch that panic.
fn shape(cx: &mut Context, problem: Problem) -> (Response, Problem) {
    let Some(hook) = cx.scope().on_error() else {
        return (default_shape(cx, &problem), problem);
    };
    match catch_panic(|| hook(cx, &problem)) {
        Ok(response) => (response, problem),
        Err(panic) => {
            let problem = Problem::from(panic);
            (default_shape(cx, &problem), problem)
        }
    }
}

/// JSON for API clients, a page for browsers, text for other clients.
pub(crate) fn default_shape(cx: &Context, problem: &Problem) -> Response {
    const JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
    let mut response = match Audience::of(cx) {
        Audience::Api => typed(JSON, problem.to_json()),
        Audience::Browser => Html(page(problem)).into_response(),
        Audience::Other => text(problem).into_response(),
    };
    *response.status_mut() = problem.status();
    // RFC 9110 §15.1: caches may keep some errors, such as 404, and must not send a page to an API client.
    let accept = HeaderValue::from_static("accept");
    response.headers_mut().insert(VARY, accept);
    response
}

/// The kind of client, which decides the shape of an error.
enum Audience {
    Api,
    Browser,
    Other,
}

impl Audience {
    /// Chooses by the `Accept` header. A client that has no preference gets JSON if it sends JSON, else text.
    fn of(cx: &Context) -> Audience {
        let sends_json = cx.content_type().is_some_and(is_json);
        let accept = Accept::of(cx);
        let json = ["application/json", "application/problem+json"].map(|json| accept.fit(json));
        let json = json
            .into_iter()
            .max()
            .flatten()
            .max(accept.fit_of_suffix("+json"));
        let html = accept
            .fit("text/html")
            .max(accept.fit_of_suffix("xhtml+xml"));
        let audiences = [
            (json, sends_json, Audience::Api),
            (html, false, Audience::Browser),
            (accept.fit("text/plain"), !sends_json, Audience::Other),
        ];
        let by_fit = |(fit, is_default, _): &(Option<Fit>, bool, Audience)| (*fit, *is_default);
        let best = audiences.into_iter().max_by_key(by_fit);
        best.map_or(Audience::Other, |(_, _, audience)| audience)
    }
}

fn text(problem: &Problem) -> String {
    let mut text = format!("{}\n", problem.headline());
    for field in problem.fields() {
        let _ = match field.path.as_str() {
            "" => writeln!(text, "  {}", field.message),
            path => writeln!(text, "  {path}: {}", field.message),
        };
    }
    text
}

fn page(problem: &Problem) -> String {
    let status = problem.status().as_u16();
    let title = problem.title();
    let detail = problem.detail_text().map(escape);
    let detail = detail.map(|detail| format!("<p>{detail}</p>"));
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{status} {title}</title>\
         <style>:root{{color-scheme:light dark}}body{{font:1rem/1.5 system-ui;max-width:40rem;margin:15vh auto;padding:0 1rem}}</style>\
         <h1>{status} {title}</h1>{}",
        detail.unwrap_or_default()
    );
    if problem.fields().is_empty() {
        return page;
    }
    page += "<ul>";
    for field in problem.fields() {
        let (path, message) = (escape(&field.path), escape(&field.message));
        let _ = match path.as_str() {
            "" => write!(page, "<li>{message}</li>"),
            path => write!(page, "<li><code>{path}</code> {message}</li>"),
        };
    }
    page + "</ul>"
}

/// Returns `text` as HTML text, which is also safe between quotes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
