//! The origins of pages, and the origin of a request as browsers report it.

use std::fmt;

use http::HeaderMap;
use http::header::ORIGIN;

use crate::proxy::access::host::Host;

/// The scheme of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    /// Returns its name.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    /// Returns the port of URLs that name none.
    pub(crate) fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

/// The origin of pages: a scheme, a host and its port.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) scheme: Scheme,
    pub(crate) host: Host,
}

impl Origin {
    /// Parses `https://app.test:3000`, as browsers write it.
    pub(crate) fn parse(text: &str) -> Option<Origin> {
        let (scheme, host) = match text.split_once("://")? {
            ("http", host) => (Scheme::Http, host),
            ("https", host) => (Scheme::Https, host),
            _ => return None,
        };
        let host = Host::parse(host)?;
        Some(Origin { scheme, host })
    }

    fn port(&self) -> u16 {
        self.host.port_or(self.scheme.default_port())
    }
}

impl PartialEq for Origin {
    fn eq(&self, other: &Origin) -> bool {
        self.scheme == other.scheme
            && self.host.has_name_of(&other.host)
            && self.port() == other.port()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.as_str(), self.host)
    }
}

/// Returns `true` if a page of another origin made the browser send the request.
///
/// Requests of other programs have neither `Sec-Fetch-Site` nor `Origin`, and are not foreign.
pub(crate) fn is_foreign(headers: &HeaderMap, own: &Origin) -> bool {
    let mut sites = headers.get_all("sec-fetch-site").iter();
    let is_other_site = sites.any(|site| site != "same-origin" && site != "none");
    is_other_site || (headers.contains_key(ORIGIN) && !is_own(headers, own))
}

/// Returns `true` if `Origin` names this server. `Origin: null` does not.
pub(crate) fn is_own(headers: &HeaderMap, own: &Origin) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else {
        return false;
    };
    let origin = origin.to_str().ok().and_then(Origin::parse);
    origin.as_ref() == Some(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_proxy_s_own_pages_are_its_own() {
        for (site, origin, foreign, own) in [
            (None, None, false, false),
            (Some("none"), None, false, false),
            (Some("same-origin"), None, false, false),
            (
                Some("same-origin"),
                Some("http://localhost:3000"),
                false,
                true,
            ),
            (None, Some("http://localhost:3000"), false, true),
            (None, Some("http://LOCALHOST:3000"), false, true),
            (Some("same-site"), None, true, false),
            (Some("cross-site"), None, true, false),
            (
                Some("cross-site"),
                Some("http://localhost:3000"),
                true,
                true,
            ),
            (None, Some("null"), true, false),
            (None, Some(""), true, false),
            (None, Some("http://localhost"), true, false),
            (None, Some("http://localhost:3001"), true, false),
            (None, Some("https://localhost:3000"), true, false),
            (None, Some("http://127.0.0.1:3000"), true, false),
            (None, Some("http://localhost:3000.evil.test"), true, false),
            (None, Some("http://localhost:3000/"), true, false),
            (None, Some("http://evil@localhost:3000"), true, false),
            (None, Some("http://x.localhost:3000"), true, false),
            (None, Some("localhost:3000"), true, false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(site) = site {
                headers.insert("sec-fetch-site", site.parse().unwrap());
            }
            if let Some(origin) = origin {
                headers.insert(ORIGIN, origin.parse().unwrap());
            }
            let host = Origin::parse("http://localhost:3000").unwrap();
            let found = (is_foreign(&headers, &host), is_own(&headers, &host));
            assert_eq!(found, (foreign, own), "{site:?} {origin:?}");
        }
    }

    #[test]
    fn an_origin_without_a_port_has_the_default_port_of_its_scheme() {
        let mut headers = HeaderMap::new();
        for (origin, own, expected) in [
            ("http://app.localhost", "http://app.localhost", true),
            ("http://app.localhost", "http://app.localhost:80", true),
            ("http://app.localhost", "http://app.localhost:443", false),
            ("http://app.localhost", "https://app.localhost:80", false),
            ("https://app.localhost", "https://app.localhost:443", true),
            ("https://app.localhost", "http://app.localhost", false),
            (
                "https://app.localhost:3000",
                "https://app.localhost:3000",
                true,
            ),
        ] {
            headers.insert(ORIGIN, origin.parse().unwrap());
            let own = Origin::parse(own).unwrap();
            assert_eq!(is_own(&headers, &own), expected, "{origin} {own}");
        }
    }

    #[test]
    fn two_origins_count_as_none() {
        let mut headers = HeaderMap::new();
        headers.append(ORIGIN, "http://localhost".parse().unwrap());
        headers.append(ORIGIN, "http://localhost".parse().unwrap());
        assert!(!is_own(
            &headers,
            &Origin::parse("http://localhost").unwrap()
        ));
    }
}
