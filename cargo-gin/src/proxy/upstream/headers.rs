//! Which header fields pass through a proxy, and which it sets (RFC 9110 §7.6).

use std::net::IpAddr;

use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE,
    COOKIE, EXPECT, FORWARDED, HOST, HeaderName, LOCATION, ORIGIN, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, SET_COOKIE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderValue};

/// Bears the run's name to the app, and tells a request that comes back to us.
pub(crate) const RUN: HeaderName = HeaderName::from_static("x-gin-proxy");

/// Asks the app for a report, and marks one.
pub(crate) const REPORT: HeaderName = HeaderName::from_static("x-gin-report");

pub(crate) const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Fields that mean something to the next hop only, whether `Connection` names them or not.
const HOP_BY_HOP: [HeaderName; 10] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("http2-settings"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    REPORT,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Fields that are for the far end, whatever `Connection` says: a message without them would mean something else.
const END_TO_END: [HeaderName; 16] = [
    AUTHORIZATION,
    CACHE_CONTROL,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    COOKIE,
    EXPECT,
    FORWARDED_FOR,
    FORWARDED_HOST,
    FORWARDED_PROTO,
    HOST,
    LOCATION,
    ORIGIN,
    RUN,
    SET_COOKIE,
    TRAILER,
];

/// Takes out what was meant for us only.
pub(crate) fn strip(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = tokens(headers, &CONNECTION)
        .filter_map(|token| HeaderName::from_bytes(token.as_bytes()).ok())
        .filter(|name| !END_TO_END.contains(name))
        .collect();
    for name in HOP_BY_HOP.iter().chain(&named) {
        headers.remove(name);
    }
}

/// Whether trailers are taken (RFC 9110 §10.1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trailers {
    /// They may be sent.
    Taken,
    /// Nobody says that they may.
    Unasked,
}

impl Trailers {
    /// What the request says of them.
    pub(crate) fn of(headers: &HeaderMap) -> Trailers {
        if tokens(headers, &TE).any(|token| token.eq_ignore_ascii_case("trailers")) {
            Trailers::Taken
        } else {
            Trailers::Unasked
        }
    }
}

/// The protocols that the message offers to go on with, but for `h2c`: that one would change what is inside the proxy.
pub(crate) fn upgrades(headers: &HeaderMap) -> Vec<String> {
    if !tokens(headers, &CONNECTION).any(|token| token.eq_ignore_ascii_case("upgrade")) {
        return Vec::new();
    }
    tokens(headers, &UPGRADE)
        .filter(|protocol| !protocol.eq_ignore_ascii_case("h2c"))
        .map(str::to_owned)
        .collect()
}

/// Says who asked for what, in place of anything the client said about it.
pub(crate) fn set_forwarded(headers: &mut HeaderMap, peer: IpAddr) {
    headers.remove(FORWARDED);
    let peer = HeaderValue::try_from(peer.to_canonical().to_string());
    headers.insert(FORWARDED_FOR, peer.expect("an address is visible ASCII"));
    if let Some(host) = headers.get(HOST).cloned() {
        headers.insert(FORWARDED_HOST, host);
    }
    headers.insert(FORWARDED_PROTO, HeaderValue::from_static("http"));
}

/// Says what this hop does besides: the fields that `Connection` has to name.
pub(crate) fn set_connection(headers: &mut HeaderMap, trailers: Trailers, upgrades: &[String]) {
    let mut options = Vec::new();
    if trailers == Trailers::Taken {
        headers.insert(TE, HeaderValue::from_static("trailers"));
        options.push("te");
    }
    if let Ok(protocols) = HeaderValue::try_from(upgrades.join(", "))
        && !upgrades.is_empty()
    {
        headers.insert(UPGRADE, protocols);
        options.push("upgrade");
    }
    if let Ok(options) = HeaderValue::try_from(options.join(", "))
        && !options.is_empty()
    {
        headers.insert(CONNECTION, options);
    }
}

/// The members of a field that is a list.
pub(crate) fn tokens<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|token| !token.is_empty())
}
