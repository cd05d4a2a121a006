//! The header fields that a proxy passes on, and those that it sets (RFC 9110 §7.6).

use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE,
    COOKIE, EXPECT, FORWARDED, HOST, HeaderName, LOCATION, ORIGIN, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, SET_COOKIE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderValue};

/// Carries the id of this run to the app, and the number of times that it has forwarded the request, so that one that comes back is
/// recognized.
const RUN: HeaderName = HeaderName::from_static("x-gin-proxy");

/// Requests a report from the app, and marks its response as one.
pub(crate) const REPORT: HeaderName = HeaderName::from_static("x-gin-report");

pub(crate) const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
pub(crate) const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
pub(crate) const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// Carries the port that the client connected to, for hosts that name none.
pub(crate) const FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
/// Carries the client's address, as nginx sets it.
pub(crate) const REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

/// Fields that are for the next hop only, whether `Connection` names them or not.
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

/// Fields that are for the recipient, whatever `Connection` says: without them a message would mean something else.
const END_TO_END: [HeaderName; 17] = [
    AUTHORIZATION,
    CACHE_CONTROL,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    COOKIE,
    EXPECT,
    FORWARDED,
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

/// Removes the fields that were for this hop only.
pub(crate) fn strip(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = tokens(headers, &CONNECTION)
        .filter_map(|token| HeaderName::from_bytes(token.as_bytes()).ok())
        .filter(|name| !END_TO_END.contains(name))
        .collect();
    for name in HOP_BY_HOP.iter().chain(&named) {
        headers.remove(name);
    }
}

/// Returns the number of times that this run has forwarded a request.
pub(crate) fn passes(headers: &HeaderMap, run: &HeaderValue) -> u32 {
    let value = headers.get(RUN).map_or(&b""[..], HeaderValue::as_bytes);
    let passes = value.strip_prefix(run.as_bytes());
    let passes = passes.and_then(|passes| str::from_utf8(passes).ok());
    passes
        .and_then(|passes| passes.trim().parse().ok())
        .unwrap_or(0)
}

/// Notes in a request that this run forwards it.
pub(crate) fn mark(headers: &mut HeaderMap, run: &HeaderValue) {
    let passes = passes(headers, run).saturating_add(1);
    let value = [run.as_bytes(), format!(" {passes}").as_bytes()].concat();
    let value = HeaderValue::from_bytes(&value);
    headers.insert(RUN, value.expect("an id and a number fit in a header"));
}

/// The sender's support for trailers (RFC 9110 §10.1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trailers {
    Accepted,
    /// `TE` does not mention them.
    Unspecified,
}

impl Trailers {
    /// Reads `TE`.
    pub(crate) fn of(headers: &HeaderMap) -> Trailers {
        if tokens(headers, &TE).any(|token| token.eq_ignore_ascii_case("trailers")) {
            Trailers::Accepted
        } else {
            Trailers::Unspecified
        }
    }
}

/// Returns the protocols of an upgrade, except `h2c`: it would change the protocol that the proxy itself reads.
pub(crate) fn upgrades(headers: &HeaderMap) -> Vec<String> {
    if !tokens(headers, &CONNECTION).any(|token| token.eq_ignore_ascii_case("upgrade")) {
        return Vec::new();
    }
    tokens(headers, &UPGRADE)
        .filter(|protocol| !protocol.eq_ignore_ascii_case("h2c"))
        .map(str::to_owned)
        .collect()
}

/// Sets the fields of the next hop, and `Connection`, which has to name them.
pub(crate) fn set_connection(headers: &mut HeaderMap, trailers: Trailers, upgrades: &[String]) {
    let mut options = Vec::new();
    if trailers == Trailers::Accepted {
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

/// Returns the members of a field that is a list.
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
