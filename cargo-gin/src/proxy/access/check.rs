//! The checks that every request passes first.

use std::net::IpAddr;

use http::header::HOST;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, Uri};

use crate::proxy::access::host::{AllowedHosts, Host};
use crate::proxy::access::refusal::Refusal;
use crate::proxy::upstream::headers;

/// The methods that an app may support. `CONNECT` is missing, since this is not a forward proxy.
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE";

/// The checks that every request passes first.
pub(crate) struct Access {
    hosts: AllowedHosts,
    /// The id of this run, which forwarded requests carry.
    run: HeaderValue,
}

impl Access {
    /// Returns the checks of a proxy that serves `hosts` besides the local ones.
    pub(crate) fn new(hosts: AllowedHosts, run: HeaderValue) -> Access {
        Access { hosts, run }
    }

    /// Checks a request that came to the address `local`, and returns its host.
    ///
    /// Afterwards the request's target is a path or `*`, and `Host` names the host.
    pub(crate) fn check(&self, head: &mut Parts, local: IpAddr) -> Result<Host, Refusal> {
        let host = Host::of(head, local).map_err(Refusal::BadHost)?;
        if !self.hosts.allow(&host, local) {
            return Err(Refusal::ForeignHost);
        }
        if head.headers.get(headers::RUN) == Some(&self.run) {
            return Err(Refusal::Loop);
        }
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
            let host = HeaderValue::try_from(host.to_string());
            head.headers
                .insert(HOST, host.expect("a parsed host is visible ASCII"));
        }
        Ok(host)
    }
}
