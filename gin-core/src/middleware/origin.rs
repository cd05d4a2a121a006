//! Origins of pages: the ones that an app lists, and the one that a request comes from.

/// An origin that is allowed, or all subdomains of a host: `https://*.app.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listed {
    Exact(String),
    Subdomains { scheme: String, host: String },
}

impl Listed {
    /// Reads an origin as an app writes it.
    ///
    /// # Errors
    ///
    /// The reason why no browser has that origin, with a remedy.
    pub(super) fn parse(text: &str) -> Result<Listed, String> {
        let origin = text.trim_end_matches('/').to_ascii_lowercase();
        if origin == "null" {
            return Ok(Listed::Exact(origin));
        }
        let bad = |reason: &str| Err(format!("`{text}` is not an origin: {reason}"));
        let Some((scheme, authority)) = origin.split_once("://") else {
            return bad("write its scheme and host, as in `https://app.example`");
        };
        let authority = authority
            .strip_suffix(default_port(scheme))
            .unwrap_or(authority);
        let subdomains_of = authority.strip_prefix("*.");
        let host = subdomains_of.unwrap_or(authority);
        if !host.is_ascii() {
            return bad(
                "browsers send its host in Punycode, as in `https://xn--bcher-kva.example`",
            );
        }
        if host.contains('*') {
            return bad("`*` stands for subdomains only, as in `https://*.app.example`");
        }
        let is_host = |byte: u8| is_of_host(byte) || matches!(byte, b':' | b'[' | b']' | b'_');
        if host.is_empty() || host.starts_with('.') || !host.bytes().all(is_host) {
            return bad(
                "after the scheme it has a host and at most a port, as in `https://app.example:8443`",
            );
        }
        Ok(match subdomains_of {
            Some(host) => Listed::Subdomains {
                scheme: format!("{scheme}://"),
                host: format!(".{host}"),
            },
            None => Listed::Exact(format!("{scheme}://{host}")),
        })
    }

    pub(crate) fn allows(&self, origin: &str) -> bool {
        match self {
            Listed::Exact(own) => own == origin,
            Listed::Subdomains { scheme, host } => origin
                .strip_prefix(scheme.as_str())
                .and_then(|rest| rest.strip_suffix(host.as_str()))
                .is_some_and(|labels| !labels.is_empty() && labels.bytes().all(is_of_host)),
        }
    }

    /// Returns `true` if it is `null`, which any page could have that hides its origin.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Listed::Exact(origin) if origin == "null")
    }
}

/// Reads a list of origins. Returns those that are well-formed, and the reasons why others are not.
pub(crate) fn parse_all<'a>(
    origins: impl IntoIterator<Item = &'a str>,
) -> (Vec<Listed>, Vec<String>) {
    let (mut listed, mut flaws) = (Vec::new(), Vec::new());
    for origin in origins {
        match Listed::parse(origin) {
            Ok(origin) => listed.push(origin),
            Err(flaw) => flaws.push(flaw),
        }
    }
    (listed, flaws)
}

/// Returns `true` for the characters of host names, which exclude those that begin a port or a path.
fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')
}

/// Browsers leave out the default port of a scheme.
fn default_port(scheme: &str) -> &'static str {
    match scheme {
        "https" | "wss" => ":443",
        _ => ":80",
    }
}

/// Returns `true` if `origin` is that of a page of this app, which runs under `scheme` and `host`.
///
/// A proxy that ends TLS may not report it, so a page over https may belong to an app over http. A page over http never belongs to
/// an app over https: anybody on the way could have written it.
pub(super) fn is_own(origin: &str, scheme: &str, host: &str) -> bool {
    let Some((page, authority)) = origin.split_once("://") else {
        return false;
    };
    if page != "https" && page != scheme {
        return false;
    }
    let port = default_port(page);
    let without = |text: &'_ str| text.strip_suffix(port).map_or(text.len(), str::len);
    let authority = &authority[..without(authority)];
    let host = &host[..without(host)];
    !host.is_empty() && authority.eq_ignore_ascii_case(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_allowed_as_a_whole() {
        let listed = [
            "https://app.example",
            "https://*.cdn.example",
            "http://localhost:5173",
            "https://port.example:443/",
        ];
        let (listed, flaws) = parse_all(listed);
        assert!(flaws.is_empty());
        let cases = [
            ("https://app.example", true),
            ("https://app.example:8443", false),
            ("http://app.example", false),
            ("https://app.example.evil.test", false),
            ("https://evil-app.example", false),
            ("https://a.cdn.example", true),
            ("https://a.b.cdn.example", true),
            ("https://cdn.example", false),
            ("https://.cdn.example", false),
            ("https://evil.test/.cdn.example", false),
            ("https://evil.test:1.cdn.example", false),
            ("https://evil.test\\.cdn.example", false),
            ("http://localhost:5173", true),
            ("http://localhost:51730", false),
            ("https://port.example", true),
            ("null", false),
            ("", false),
        ];
        for (origin, expected) in cases {
            let is_allowed = listed.iter().any(|listed| listed.allows(origin));
            assert_eq!(is_allowed, expected, "{origin}");
        }
    }

    #[test]
    fn an_origin_that_no_browser_has_is_a_mistake() {
        for origin in [
            "",
            "*",
            "app.example",
            "https://",
            "https://*",
            "https://*.",
            "https://a.*.example",
            "https://app.example/path",
            "https://user@app.example",
            "https://bücher.example",
            "https://a.example, https://b.example",
        ] {
            assert!(Listed::parse(origin).is_err(), "{origin}");
        }
    }

    #[test]
    fn the_apps_own_pages_have_its_host_and_a_scheme_as_safe_as_its_own() {
        for (origin, scheme, host, expected) in [
            ("https://a.example", "https", "a.example", true),
            ("https://A.example", "https", "a.EXAMPLE", true),
            ("https://a.example", "https", "a.example:443", true),
            ("https://a.example", "http", "a.example", true),
            ("http://a.example", "http", "a.example", true),
            ("http://a.example", "http", "a.example:80", true),
            ("http://a.example:3000", "http", "a.example:3000", true),
            ("http://[::1]:3000", "http", "[::1]:3000", true),
            ("http://a.example", "https", "a.example", false),
            ("https://a.example:8443", "https", "a.example", false),
            ("https://a.example.evil", "https", "a.example", false),
            ("https://evila.example", "https", "a.example", false),
            ("https://x.a.example", "https", "a.example", false),
            ("null", "https", "a.example", false),
            ("file://", "http", "", false),
            ("", "http", "", false),
        ] {
            assert_eq!(is_own(origin, scheme, host), expected, "{origin} on {host}");
        }
    }
}
