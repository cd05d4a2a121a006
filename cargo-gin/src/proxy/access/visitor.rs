//! The sender of a request, as far as it is known.

use std::net::IpAddr;

use http::header::{FORWARDED, HOST};
use http::{HeaderMap, HeaderValue};

use crate::proxy::access::arrival::Arrival;
use crate::proxy::access::host::Host;
use crate::proxy::access::origin::Origin;
use crate::proxy::access::passage::Passage;
use crate::proxy::upstream::headers::{FORWARDED_FOR, FORWARDED_HOST, FORWARDED_PROTO, REAL_IP};

/// The sender of a request, as far as it is known.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    /// The origin of the pages that the request is for, as browsers name it.
    pub(crate) origin: Origin,
    address: IpAddr,
    route: Route,
    is_local: bool,
}

/// The way of a request to the dev server.
#[derive(Clone, Debug)]
enum Route {
    Direct,
    /// Another proxy, which is not trusted, has passed it on.
    Unknown,
    /// A trusted proxy has passed it on, with this value of `X-Forwarded-For`.
    Trusted(Option<HeaderValue>),
}

impl Visitor {
    /// Returns the sender of a request that no proxy has passed on.
    pub(super) fn direct(host: Host, arrival: Arrival) -> Visitor {
        Visitor {
            is_local: is_here(arrival.peer) && host.is_local(),
            address: arrival.peer,
            origin: Origin {
                scheme: arrival.scheme,
                host,
            },
            route: Route::Direct,
        }
    }

    /// Returns the sender of a request that a proxy has passed on with this report, which is not trusted. `None` stands for one that
    /// makes no sense.
    ///
    /// Such a report can only take rights away: the request may come from anywhere.
    pub(super) fn passed_on(host: Host, arrival: Arrival, passage: Option<&Passage>) -> Visitor {
        let direct = Visitor::direct(host, arrival);
        Visitor {
            is_local: direct.is_local && passage.is_some_and(Passage::is_local),
            route: Route::Unknown,
            ..direct
        }
    }

    /// Returns the sender that a trusted proxy reports. `host` is the host of the request itself.
    pub(super) fn reported(host: Host, arrival: Arrival, passage: Passage) -> Visitor {
        let is_local = is_here(arrival.peer) && host.is_local() && passage.is_local();
        Visitor {
            is_local,
            address: passage.client().unwrap_or(arrival.peer),
            origin: Origin {
                scheme: passage.scheme.unwrap_or(arrival.scheme),
                host: passage.host.unwrap_or(host).or_port(passage.port),
            },
            route: Route::Trusted(passage.chain),
        }
    }

    /// Returns `true` if the request comes from this machine, as far as can be known, and names it so that only this machine can
    /// mean it.
    pub(crate) fn is_local(&self) -> bool {
        self.is_local
    }

    /// Returns `true` if a proxy that is not trusted has passed the request on.
    pub(crate) fn came_by_unknown_proxy(&self) -> bool {
        matches!(self.route, Route::Unknown)
    }

    /// Sets the fields that name the sender to the app, and replaces those that came with the request.
    ///
    /// The list of clients stays as a trusted proxy has written it: with the dev server in between, the app sees what it would see
    /// behind that proxy alone.
    pub(crate) fn introduce(&self, headers: &mut HeaderMap) {
        let address = self.address.to_canonical();
        let (chain, host) = match &self.route {
            Route::Trusted(chain) => (chain.clone(), None),
            Route::Direct | Route::Unknown => {
                headers.remove(REAL_IP);
                (None, headers.get(HOST).cloned())
            }
        };
        let name = address.to_string();
        let origin = self.origin.host.to_string();
        let chain = chain.unwrap_or_else(|| visible(&name));
        let host = host.unwrap_or_else(|| visible(&origin));
        let client = match address {
            IpAddr::V4(_) => name,
            IpAddr::V6(_) => format!("\"[{name}]\""),
        };
        let scheme = self.origin.scheme.as_str();
        let forwarded = ["for=", &client, ";host=\"", &origin, "\";proto=", scheme].concat();
        headers.insert(FORWARDED_FOR, chain);
        headers.insert(FORWARDED_HOST, host);
        headers.insert(FORWARDED_PROTO, HeaderValue::from_static(scheme));
        headers.insert(FORWARDED, visible(&forwarded));
    }
}

fn is_here(peer: IpAddr) -> bool {
    peer.to_canonical().is_loopback()
}

fn visible(text: &str) -> HeaderValue {
    HeaderValue::try_from(text).expect("addresses and parsed hosts are visible ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxy::access::origin::Scheme;

    fn visitor(peer: &str, host: &str, headers: &HeaderMap) -> Visitor {
        let arrival = Arrival {
            peer: peer.parse().unwrap(),
            local: peer.parse().unwrap(),
            scheme: Scheme::Http,
        };
        let host = Host::parse(host).unwrap();
        match Passage::of(headers) {
            None => Visitor::direct(host, arrival),
            Some(passage) => Visitor::passed_on(host, arrival, passage.as_ref().ok()),
        }
    }

    #[test]
    fn only_this_machine_is_local() {
        for (peer, host, field, expected) in [
            ("127.0.0.1", "localhost:3000", None, true),
            ("::1", "[::1]:3000", None, true),
            ("::ffff:127.0.0.1", "blog.localhost", None, true),
            ("192.168.1.5", "localhost:3000", None, false),
            ("192.168.1.5", "192.168.1.7:3000", None, false),
            ("::ffff:192.168.1.5", "localhost", None, false),
            ("127.0.0.1", "192.168.1.7:3000", None, false),
            ("127.0.0.1", "blog.example", None, false),
            (
                "127.0.0.1",
                "localhost",
                Some(("x-forwarded-for", "203.0.113.7")),
                false,
            ),
            (
                "127.0.0.1",
                "localhost",
                Some(("x-forwarded-proto", "https")),
                false,
            ),
            (
                "127.0.0.1",
                "localhost",
                Some(("x-forwarded-host", "a b")),
                false,
            ),
            (
                "127.0.0.1",
                "localhost",
                Some(("forwarded", "for=203.0.113.7")),
                false,
            ),
            (
                "127.0.0.1",
                "localhost",
                Some(("x-real-ip", "127.0.0.1")),
                false,
            ),
            // Vite's proxy, for example.
            (
                "127.0.0.1",
                "localhost",
                Some(("x-forwarded-for", "127.0.0.1")),
                true,
            ),
        ] {
            let mut headers = HeaderMap::new();
            if let Some((name, value)) = field {
                headers.insert(name, HeaderValue::from_static(value));
            }
            let found = visitor(peer, host, &headers).is_local();
            assert_eq!(found, expected, "{peer} {host} {field:?}");
        }
    }
}
