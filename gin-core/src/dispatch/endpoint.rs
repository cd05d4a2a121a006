//! An endpoint: a chain, and what its requests share.

use std::sync::Arc;

use gin_router::Pattern;
use http::header::{self, Entry};
use http::{Method, StatusCode};

use crate::content::Body;
use crate::middleware::{Chain, caught, watched};
use crate::request::{Context, Site};
use crate::response::{Response, respond, settle};

/// What answers a request: a chain, and what its requests share.
pub(crate) struct Endpoint {
    pub(crate) chain: Chain,
    pub(crate) site: Arc<Site>,
}

impl Endpoint {
    /// Runs the chain and gives the response as it may go on the wire.
    pub(crate) async fn answer(&self, cx: &mut Context) -> Response {
        let route = self.site.pattern.as_ref().map(Pattern::as_str);
        let run = watched(route, self.chain.start().run(cx));
        let mut response = caught(run).await;
        settle(cx, &mut response);
        frame(cx, &mut response);
        response
    }
}

/// Takes the body away where the protocol has none.
fn frame(cx: &mut Context, response: &mut Response) {
    if response.status().is_success()
        && let Some(problem) = cx.body_fault()
    {
        // Whoever ignores that the body was cut off must not make the client believe that all was well.
        *response = respond(cx, problem);
    }
    let status = response.status();
    let is_bodiless = status.is_informational()
        || status == StatusCode::NO_CONTENT
        || status == StatusCode::NOT_MODIFIED;
    if is_bodiless {
        *response.body_mut() = Body::empty();
    } else if *cx.method() == Method::HEAD {
        without_body(response);
    }
}

/// RFC 9110 §9.3.2: the length that the body would have had is said all the same.
fn without_body(response: &mut Response) {
    let body = std::mem::take(response.body_mut());
    if let (Some(length), Entry::Vacant(entry)) = (
        body.len(),
        response.headers_mut().entry(header::CONTENT_LENGTH),
    ) {
        entry.insert(length.into());
    }
}
