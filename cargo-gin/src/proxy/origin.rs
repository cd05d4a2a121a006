//! Whether a request was made by one of our own pages, as the browser tells, and the token that proves it.

use std::fmt::{self, Write as _};

use http::HeaderMap;
use http::header::ORIGIN;

use crate::proxy::host::Host;

/// Did a page of another origin make the browser ask?
///
/// What no browser sent bears neither `Sec-Fetch-Site` nor `Origin`, and is not foreign.
pub(super) fn is_foreign(headers: &HeaderMap, host: &Host) -> bool {
    let mut sites = headers.get_all("sec-fetch-site").iter();
    let is_other_site = sites.any(|site| site != "same-origin" && site != "none");
    is_other_site || (headers.contains_key(ORIGIN) && !is_own(headers, host))
}

/// Does the request say that a page of ours made it? `Origin: null` says nothing.
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

/// The secret of a run, which our own pages know: 256 random bits.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    /// A new one.
    pub(crate) fn random() -> Token {
        let mut octets = [0; 32];
        getrandom::fill(&mut octets).expect("the operating system gives random numbers");
        let mut text = String::with_capacity(2 * octets.len());
        for octet in octets {
            // Writing to a string can't fail.
            let _ = write!(text, "{octet:02x}");
        }
        Token(text)
    }

    /// The token as pages and requests bear it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Is `candidate` this token? Takes as long for a near miss as for a far one.
    pub(super) fn is(&self, candidate: &[u8]) -> bool {
        let own = self.0.as_bytes();
        let differences = own
            .iter()
            .zip(candidate)
            .fold(0, |all, (a, b)| all | (a ^ b));
        own.len() == candidate.len() && std::hint::black_box(differences) == 0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_are_our_own() {
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
    fn an_origin_without_a_port_is_on_the_scheme_s_own() {
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
    fn two_origins_are_none() {
        let mut headers = HeaderMap::new();
        headers.append(ORIGIN, "http://localhost".parse().unwrap());
        headers.append(ORIGIN, "http://localhost".parse().unwrap());
        assert!(!is_own(&headers, &Host::parse("localhost").unwrap()));
    }

    #[test]
    fn a_token_is_only_itself() {
        let token = Token::random();
        let text = token.as_str().to_owned();
        assert!(token.is(text.as_bytes()));
        assert!(!token.is(b""));
        assert!(!token.is(&text.as_bytes()[..63]));
        assert!(!token.is(format!("{text}0").as_bytes()));
        assert!(!token.is(Token::random().as_str().as_bytes()));
    }
}
