//! The promise that a host is reached by https only (HSTS).

use std::fmt;
use std::time::Duration;

use http::HeaderValue;

/// The time for which browsers use only https for a host that they have seen: `Strict-Transport-Security` (RFC 6797).
///
/// A server with TLS sends it by itself: [`Server::hsts`](crate::Server::hsts) changes it. Default: a day, for the host alone.
///
/// ```
/// use gin::tls::Hsts;
/// use std::time::Duration;
///
/// const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// let hsts = Hsts::new(YEAR).include_subdomains().preload();
/// assert_eq!(hsts.to_string(), "max-age=31536000; includeSubDomains; preload");
/// assert_eq!(Hsts::default().to_string(), "max-age=86400");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "it is sent by `Server::hsts`"]
pub struct Hsts {
    max_age: Duration,
    includes_subdomains: bool,
    is_preloaded: bool,
}

impl Hsts {
    /// Returns the promise for `max_age`, in whole seconds, and for the host alone. A time of zero takes back an earlier promise.
    pub const fn new(max_age: Duration) -> Hsts {
        Hsts {
            max_age,
            includes_subdomains: false,
            is_preloaded: false,
        }
    }

    /// Includes all hosts below the one that is requested. All of them must have https then. Default: they are not included.
    #[doc(alias = "includeSubDomains")]
    pub const fn include_subdomains(mut self) -> Hsts {
        self.includes_subdomains = true;
        self
    }

    /// Agrees that browsers are shipped with the promise, which cannot be taken back for months. Default: they are not.
    ///
    /// It takes [`include_subdomains`](Hsts::include_subdomains) and a time of at least a year.
    pub const fn preload(mut self) -> Hsts {
        self.is_preloaded = true;
        self
    }

    /// Returns `true` if the lists of browsers would not take a host with this promise.
    pub(crate) fn is_contradictory(&self) -> bool {
        const LEAST: Duration = Duration::from_secs(31_536_000);
        self.is_preloaded && !(self.includes_subdomains && self.max_age >= LEAST)
    }

    pub(crate) fn value(&self) -> HeaderValue {
        HeaderValue::try_from(self.to_string()).expect("the text is ASCII")
    }
}

impl Default for Hsts {
    fn default() -> Hsts {
        const DAY: Duration = Duration::from_secs(86_400);
        Hsts::new(DAY)
    }
}

impl fmt::Display for Hsts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "max-age={}", self.max_age.as_secs())?;
        if self.includes_subdomains {
            f.write_str("; includeSubDomains")?;
        }
        if self.is_preloaded {
            f.write_str("; preload")?;
        }
        Ok(())
    }
}

/// Returns `true` if browsers keep the promise of `host`, which may have a port.
///
/// RFC 6797 §8.1.1: not for an IP address. On a developer's machine, `localhost` has servers that know nothing of each other, and a
/// promise holds for all ports.
pub(crate) fn is_for(host: &str) -> bool {
    if host.starts_with('[') {
        return false;
    }
    let name = host.split(':').next().unwrap_or(host);
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next().unwrap_or(name);
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit());
    // A name whose last label is a number is an IPv4 address (WHATWG URL §3.5), and one without a label is none.
    !is_number && !last.eq_ignore_ascii_case("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_addresses_nor_the_local_host_have_it() {
        for host in ["a.example", "A.example:8443", "a.example.", "intranet"] {
            assert!(is_for(host), "{host}");
        }
        let others = [
            "",
            "127.0.0.1",
            "127.0.0.1:443",
            "[::1]",
            "[2001:db8::1]:443",
            "localhost",
            "LocalHost:8443",
            "localhost.",
            "app.localhost",
        ];
        for host in others {
            assert!(!is_for(host), "{host}");
        }
    }
}
