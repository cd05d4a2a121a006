//! The origin of a request, as browsers report it.

use http::HeaderMap;
use http::header::ORIGIN;

use crate::proxy::access::host::Host;

/// Returns `true` if a page of another origin made the browser send the request.
///
/// Requests of other programs have neither `Sec-Fetch-Site` nor `Origin`, and are not foreign.
pub(crate) fn is_foreign(headers: &HeaderMap, host: &Host) -> bool {
    let mut sites = headers.get_all("sec-fetch-site").iter();
    let is_other_site = sites.any(|site| site != "same-origin" && site != "none");
    is_other_site || (headers.contains_key(ORIGIN) && !is_own(headers, host))
}

/// Returns `true` if `Origin` names this server. `Origin: null` names nobody.
pub(crate) fn is_own(headers: &HeaderMap, host: &Host) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else {
        return false;
    };
    let origin = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.strip_prefix("http://"));
    origin
        .and_then(Host::parse)
        .is_some_and(|origin| origin.has_name_of(host) && origin.port_or(80) == host.port_or(80))
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
            let host = Host::parse("localhost:3000").unwrap();
            let found = (is_foreign(&headers, &host), is_own(&headers, &host));
            assert_eq!(found, (foreign, own), "{site:?} {origin:?}");
        }
    }

    #[test]
    fn an_origin_without_a_port_has_the_default_port_of_its_scheme() {
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, "http://app.localhost".parse().unwrap());
        for (host, expected) in [
            ("app.localhost", true),
            ("app.localhost:80", true),
            ("app.localhost:443", false),
        ] {
            assert_eq!(
                is_own(&headers, &Host::parse(host).unwrap()),
                expected,
                "{host}"
            );
        }
    }

    #[test]
    fn two_origins_count_as_none() {
        let mut headers = HeaderMap::new();
        headers.append(ORIGIN, "http://localhost".parse().unwrap());
        headers.append(ORIGIN, "http://localhost".parse().unwrap());
        assert!(!is_own(&headers, &Host::parse("localhost").unwrap()));
    }
}
