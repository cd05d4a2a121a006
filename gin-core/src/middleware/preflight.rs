//! Preflight requests of the CORS protocol.

use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use http::{HeaderName, HeaderValue, Method};

use crate::request::{Context, Outcome};

/// Private Network Access (W3C): a page of the internet requests a host of the local network.
const REQUEST_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-request-private-network");

/// A preflight request: a browser checks that the page may send another request.
pub(super) struct Preflight {
    pub(super) origin: HeaderValue,
    method: HeaderValue,
    pub(super) headers: Option<HeaderValue>,
    pub(super) is_for_private_network: bool,
}

impl Preflight {
    pub(super) fn of(cx: &Context) -> Option<Preflight> {
        if cx.method() != Method::OPTIONS {
            return None;
        }
        let headers = cx.headers();
        let method = headers.get(ACCESS_CONTROL_REQUEST_METHOD)?;
        Method::from_bytes(method.as_bytes()).ok()?;
        Some(Preflight {
            origin: headers.get(ORIGIN)?.clone(),
            method: method.clone(),
            headers: headers.get(ACCESS_CONTROL_REQUEST_HEADERS).cloned(),
            is_for_private_network: headers.contains_key(REQUEST_PRIVATE_NETWORK),
        })
    }

    /// Returns the methods of the path, or `None` if it has no routes.
    pub(super) fn methods<'a>(&'a self, cx: &'a Context) -> Option<&'a HeaderValue> {
        match cx.outcome() {
            Outcome::Options(allow) | Outcome::NotAllowed(allow) => Some(allow),
            // A route takes OPTIONS, or every method. The path may lack the one that is meant: its 405 is readable.
            Outcome::Matched => Some(&self.method),
            Outcome::NotFound
            | Outcome::Redirect(..)
            | Outcome::Refused(_)
            | Outcome::Malformed => None,
        }
    }
}
