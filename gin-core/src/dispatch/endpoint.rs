//! Endpoints: chains, and the data that their requests share.

use std::sync::Arc;

use gin_router::Pattern;
use http::header::{self, Entry};
use http::{Method, StatusCode};

use crate::content::Body;
#[cfg(feature = "cookies")]
use crate::cookies::append_cookies;
use crate::dispatch::checks::Checks;
use crate::failure::Problem;
use crate::middleware::{Chain, caught, warn_if_blocking};
use crate::request::{Context, Site};
use crate::response::{Response, respond, settle};

/// The destination of a request: a chain, and the data that all its requests share.
pub(crate) struct Endpoint {
    pub(crate) checks: Checks,
    pub(crate) chain: Arc<Chain>,
    pub(crate) site: Arc<Site>,
}

impl Endpoint {
    /// Runs the chain and returns the response in the form in which it may be sent.
    pub(crate) async fn respond(&self, cx: &mut Context) -> Response {
        let route = self.site.pattern.as_ref().map(Pattern::as_str);
        let run = warn_if_blocking(route, self.chain.start().run(cx));
        let mut response = caught(run).await;
        settle(cx, &mut response);
        frame(cx, &mut response);
        #[cfg(feature = "cookies")]
        append_cookies(cx, &mut response);
        response
    }
}

/// Removes the body of a response that must not have one, and replaces one that must not be sent.
fn frame(cx: &mut Context, response: &mut Response) {
    if response.status().is_success()
        && let Some(problem) = cx.body_problem()
    {
        // A handler that ignores that the request's body was cut off must not make the client believe that it was accepted.
        *response = respond(cx, problem);
    }
    if response.status().is_informational() && !is_switching(response) {
        // The client would wait for the final response, or take the connection to be one of another protocol.
        let cause = format!(
            "a handler returned {}, which is not a final status",
            response.status()
        );
        *response = respond(cx, Problem::new(500).because(cause));
    }
    let status = response.status();
    let is_bodiless = status.is_informational()
        || status == StatusCode::NO_CONTENT
        // RFC 9110 §15.3.6: clients expect nothing, though the length must be sent.
        || status == StatusCode::RESET_CONTENT
        || status == StatusCode::NOT_MODIFIED;
    if is_bodiless {
        *response.body_mut() = Body::empty();
    } else if *cx.method() == Method::HEAD {
        without_body(response);
    }
}

/// Returns `true` if the response accepts an upgrade, for which it names the protocol (RFC 9110 §7.8).
fn is_switching(response: &Response) -> bool {
    response.status() == StatusCode::SWITCHING_PROTOCOLS
        && response.headers().contains_key(header::UPGRADE)
}

/// Removes the body, but sends its length (RFC 9110 §9.3.2).
fn without_body(response: &mut Response) {
    let body = std::mem::take(response.body_mut());
    if let (Some(length), Entry::Vacant(entry)) = (
        body.len(),
        response.headers_mut().entry(header::CONTENT_LENGTH),
    ) {
        entry.insert(length.into());
    }
}
