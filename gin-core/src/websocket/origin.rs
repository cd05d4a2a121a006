//! The pages that may connect.

use crate::failure::Problem;

/// The origins of pages that may connect.
///
/// A browser lets any page connect to any server, with the user's cookies, and only reports where the page is from (RFC 6455 §10.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origins {
    /// The host that the request is for.
    SameHost,
    Listed(Vec<String>),
    Any,
}

impl Origins {
    /// Checks the `Origin` of a request for `host`. A client that is not a browser sends none, and may connect.
    pub(super) fn check(&self, origin: Option<&[u8]>, host: Option<&str>) -> Result<(), Problem> {
        let Some(origin) = origin else {
            return Ok(());
        };
        let origin = std::str::from_utf8(origin).unwrap_or("");
        let is_allowed = match self {
            Origins::SameHost => host.is_some_and(|host| is_of_host(origin, host)),
            Origins::Listed(origins) => {
                let mut origins = origins.iter();
                origins.any(|listed| listed.trim_end_matches('/').eq_ignore_ascii_case(origin))
            }
            Origins::Any => true,
        };
        if is_allowed {
            return Ok(());
        }
        Err(Problem::new(403).detail("pages of this origin may not connect"))
    }
}

/// Returns `true` if `origin` is a page of `host`. A proxy may have removed TLS, so that the scheme does not count.
fn is_of_host(origin: &str, host: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let default = match scheme {
        "https" => ":443",
        _ => ":80",
    };
    let host = host.strip_suffix(default).unwrap_or(host);
    let authority = authority.strip_suffix(default).unwrap_or(authority);
    !host.is_empty() && authority.eq_ignore_ascii_case(host)
}

#[cfg(test)]
mod tests {
    use super::Origins;

    #[test]
    fn only_pages_of_the_host_connect_by_default() {
        for (origin, host, may) in [
            (None, "a.example", true),
            (Some("https://a.example"), "a.example", true),
            (Some("http://a.example"), "a.example", true),
            (Some("http://A.example:8080"), "a.example:8080", true),
            (Some("https://a.example"), "a.example:443", true),
            (Some("http://a.example"), "a.example:80", true),
            (Some("http://[::1]:3000"), "[::1]:3000", true),
            (Some("https://a.example"), "a.example:80", false),
            (Some("http://a.example:8081"), "a.example:8080", false),
            (Some("https://b.example"), "a.example", false),
            (Some("https://a.example.evil"), "a.example", false),
            (Some("https://evila.example"), "a.example", false),
            (Some("null"), "a.example", false),
            (Some(""), "a.example", false),
            (Some("file://"), "a.example", false),
            (Some("file://"), "", false),
        ] {
            let checked = Origins::SameHost.check(origin.map(str::as_bytes), Some(host));
            assert_eq!(checked.is_ok(), may, "{origin:?} on {host}");
        }
        let no_host = Origins::SameHost.check(Some(b"http://a"), None);
        assert!(no_host.is_err());
    }

    #[test]
    fn a_list_replaces_the_host() {
        let origins = Origins::Listed(vec!["https://app.example/".to_owned()]);
        for (origin, may) in [
            (&b"https://app.example"[..], true),
            (b"http://app.example", false),
            (b"https://a.example", false),
            (b"\xff", false),
        ] {
            let checked = origins.check(Some(origin), Some("a.example"));
            assert_eq!(checked.is_ok(), may, "{}", origin.escape_ascii());
        }
        assert!(Origins::Any.check(Some(b"null"), None).is_ok());
    }
}
