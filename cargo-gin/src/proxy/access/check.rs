//! The checks that every request passes first.

use http::header::HOST;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, Uri};
use tokio::sync::mpsc;

use crate::cli::TrustedProxy;
use crate::proxy::access::arrival::Arrival;
use crate::proxy::access::front::Front;
use crate::proxy::access::host::{AllowedHosts, Host};
use crate::proxy::access::refusal::Refusal;
use crate::proxy::access::visitor::Visitor;
use crate::proxy::upstream::headers;

/// The methods that an app may support. `CONNECT` is missing, since this is not a forward proxy.
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE";

/// The number of times that a request may pass through this server: an app may request its own pages.
const MAX_PASSES: u32 = 4;

/// The checks that every request passes first.
pub(crate) struct Access {
    front: Front,
    /// The id of this run, which forwarded requests carry.
    run: HeaderValue,
}

impl Access {
    /// Returns the checks of a proxy that serves `hosts` besides the local ones, and trusts these proxies in front of it.
    pub(crate) fn new(
        hosts: AllowedHosts,
        trusted: Vec<TrustedProxy>,
        notices: mpsc::UnboundedSender<String>,
        run: HeaderValue,
    ) -> Access {
        let front = Front::new(trusted, hosts, notices);
        Access { front, run }
    }

    /// Checks a request, and returns its sender.
    ///
    /// Afterwards the request's target is a path or `*`, and `Host` names the host.
    pub(crate) fn check(&self, head: &mut Parts, arrival: Arrival) -> Result<Visitor, Refusal> {
        let host = Host::of(head, arrival.local).map_err(Refusal::BadHost)?;
        let named = HeaderValue::try_from(host.to_string());
        if headers::passes(&head.headers, &self.run) >= MAX_PASSES {
            return Err(Refusal::Loop);
        }
        let visitor = self.front.visitor(&head.headers, host, arrival)?;
        if head.method == Method::CONNECT {
            return Err(Refusal::WrongMethod { allowed: METHODS });
        }
        let is_path = head.uri.path().starts_with('/')
            || (head.uri.path() == "*" && head.method == Method::OPTIONS);
        if !is_path {
            return Err(Refusal::BadTarget);
        }
        if head.uri.authority().is_some() || !head.headers.contains_key(HOST) {
            let path = head.uri.path_and_query().cloned();
            head.uri = Uri::from(path.unwrap_or(PathAndQuery::from_static("/")));
            head.headers
                .insert(HOST, named.expect("a parsed host is visible ASCII"));
        }
        Ok(visitor)
    }
}
